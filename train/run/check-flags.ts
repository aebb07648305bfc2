import type { ArgsDef } from 'citty'
import { flagProblems } from '../../core/command-line/flag-problems.ts'
import { flagName } from '../../core/command-line/repeated-flags.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** Flags that add up where they are given again. */
const repeatable = ['set']

/**
 * Throws `config-invalid`, with a line for each problem, for what the parser would pass over in silence.
 *
 * @param args the command line as it was typed
 */
export function checkFlags(args: readonly string[], known: ArgsDef): void {
  const problems = flagProblems(args, known, repeatable)
  if (problems.length > 0)
    throw new CacheNetError(
      'config-invalid',
      `${problems.join('\n')}\nSee --help for what there is. Nothing was started.`,
      { problems },
    )
}

/**
 * All that was given with `--set`, one after the other and separated by spaces; undefined where there was
 * none.
 */
export function givenSettings(args: readonly string[]): string | undefined {
  const values = args.flatMap((arg, at) => {
    if (flagName(arg) !== 'set') return []
    const equals = arg.indexOf('=')
    return equals < 0 ? (args[at + 1] ?? []) : arg.slice(equals + 1)
  })
  return values.length === 0 ? undefined : values.join(' ')
}

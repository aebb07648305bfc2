import type { ArgDef, ArgsDef } from 'citty'
import { flagName, repeatedFlags } from '../../core/command-line/repeated-flags.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** Flags that add up where they are given again. */
const repeatable = ['set']

/** `--no-resume` is about `resume`. */
const ownerOf = (name: string, known: Readonly<Record<string, ArgDef>>): string =>
  !Object.hasOwn(known, name) && name.startsWith('no-') && known[name.slice(3)]?.type === 'boolean' ? name.slice(3) : name

/**
 * Throws `config-invalid`, with a line for each problem, for what the parser would pass over in silence: a flag that there is not, one that was
 * given twice, one without its value, a word that belongs to no flag.
 *
 * @param args the command line as it was typed
 */
export function checkFlags(args: readonly string[], known: ArgsDef): void {
  const problems = repeatedFlags(args, repeatable).map((name) => `--${name} was given more than once, and only one can hold.`)
  let places = Object.values(known).filter(({ type }) => type === 'positional').length
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    const name = flagName(arg)
    if (name === undefined) {
      if (arg !== '--' && --places < 0) problems.push(`There is no place for "${arg}". A setting goes behind --set, and what has spaces into quotes.`)
      continue
    }
    const flag = known[ownerOf(name, known)]
    if (flag === undefined || flag.type === 'positional' || !Object.hasOwn(known, ownerOf(name, known))) {
      problems.push(`There is no flag --${name}.`)
    } else if (flag.type !== 'boolean' && !arg.includes('=')) {
      const value = args[++at]
      if (value === undefined || value.startsWith('--')) problems.push(`--${name} needs a value.`)
    }
  }
  if (problems.length > 0) throw new CacheNetError('config-invalid', `${problems.join('\n')}\nSee --help for what there is. Nothing was started.`, { problems })
}

/** All that was given with `--set`, one after the other and separated by spaces; undefined where there was none. */
export function givenSettings(args: readonly string[]): string | undefined {
  const values = args.flatMap((arg, at) => {
    if (flagName(arg) !== 'set') return []
    const equals = arg.indexOf('=')
    return equals < 0 ? (args[at + 1] ?? []) : arg.slice(equals + 1)
  })
  return values.length === 0 ? undefined : values.join(' ')
}

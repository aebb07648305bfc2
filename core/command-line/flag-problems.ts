import { flagName, repeatedFlags } from './repeated-flags.ts'

/** A flag as a parser knows it, as far as its place on a command line goes. */
interface KnownFlag {
  readonly type?: string | undefined
}

/** `--no-resume` is about `resume`. */
const ownerOf = (name: string, known: Readonly<Record<string, KnownFlag>>): string =>
  !Object.hasOwn(known, name) && name.startsWith('no-') && known[name.slice(3)]?.type === 'boolean'
    ? name.slice(3)
    : name

/**
 * What a parser would pass over in silence, a sentence each: a flag that there is not, one that was given
 * twice, one without its value, a word that belongs to no flag.
 *
 * @param args the command line as it was typed
 * @param repeatable flags that add up where they are given again
 */
export function flagProblems(
  args: readonly string[],
  known: Readonly<Record<string, KnownFlag>>,
  repeatable: readonly string[] = [],
): string[] {
  const problems = repeatedFlags(args, repeatable).map(
    (name) => `--${name} was given more than once, and only one can hold.`,
  )
  let places = Object.values(known).filter(({ type }) => type === 'positional').length
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const name = flagName(arg)
    if (name === undefined) {
      if (arg !== '--' && --places < 0)
        problems.push(
          `There is no place for "${arg}". A value goes behind its flag, and what has spaces into quotes.`,
        )
      continue
    }
    const owner = ownerOf(name, known)
    const flag = Object.hasOwn(known, owner) ? known[owner] : undefined
    if (flag === undefined || flag.type === 'positional') {
      problems.push(`There is no flag --${name}.`)
    } else if (flag.type !== 'boolean' && !arg.includes('=')) {
      const value = args[++at]
      if (value === undefined || value.startsWith('--')) problems.push(`--${name} needs a value.`)
    }
  }
  return [...new Set(problems)]
}

/**
 * Flags that stand more than once on a command line: a parser would keep the last alone, and say nothing of
 * the others.
 *
 * @param args the command line as it was typed
 * @param repeatable flags that may be given again
 * @returns their names without dashes, each once, in the order of the command line
 */
export function repeatedFlags(args: readonly string[], repeatable: readonly string[] = []): string[] {
  const end = args.indexOf('--')
  const names = args.slice(0, end < 0 ? args.length : end).flatMap((arg) => flagName(arg) ?? [])
  return [
    ...new Set(names.filter((name, index) => names.indexOf(name) < index && !repeatable.includes(name))),
  ]
}

/**
 * The flag that a word of a command line names, without dashes and value, in kebab case: `--fullFrom=x` is
 * `full-from`.
 */
export const flagName = (arg: string): string | undefined =>
  /^--([^=]+)/.exec(arg)?.[1]?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

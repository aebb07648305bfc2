import { z } from 'zod'
import { repeatedFlags } from '../../core/command-line/repeated-flags.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** A flag's value, as settings schemas take it. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}`)
export const text = z.string().min(1, 'must not be empty')

/** A flag with a value, as the help lists it. */
export const flag = (valueHint: string, description: string): { type: 'string'; valueHint: string; description: string } => ({ type: 'string', valueHint, description })

/**
 * Settings from a parsed command line. Throws `config-invalid` with a line for each problem; a flag that there is not is one.
 *
 * @param known the flags that there are, by name
 * @param args the command line as it was typed
 * @param given the values that were parsed out of it
 */
export function resolveFlags<Settings>(schema: z.ZodType<Settings>, known: Readonly<Record<string, unknown>>, args: readonly string[], given: Readonly<Record<string, unknown>>): Settings {
  const unknown = args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []).filter((name) => !Object.hasOwn(known, name))
  const parsed = schema.safeParse(Object.fromEntries(Object.keys(known).map((name) => [name, given[name]])))
  const problems = [
    ...unknown.map((name) => `There is no flag --${name}.`),
    ...repeatedFlags(args).map((name) => `--${name} was given more than once, and only one can hold.`),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `--${path.join('.')} ${message}.`),
  ]
  if (parsed.success && problems.length === 0) return parsed.data
  throw new CacheNetError('config-invalid', `${problems.join('\n')}\nSee --help for what there is.`, { problems })
}

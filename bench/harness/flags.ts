import { z } from 'zod'
import { flagProblems } from '../../core/command-line/flag-problems.ts'
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
export const flag = (
  valueHint: string,
  description: string,
): { type: 'string'; valueHint: string; description: string } => ({ type: 'string', valueHint, description })

/**
 * Settings from a parsed command line. Throws `config-invalid` with a line for each problem; what the parser
 * would pass over in silence is one.
 *
 * @param known the flags that there are, by name
 * @param args the command line as it was typed
 * @param given the values that were parsed out of it
 */
function resolveFlags<Settings>(
  schema: z.ZodType<Settings>,
  known: Readonly<Record<string, { readonly type?: string }>>,
  args: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Settings {
  const typed = flagProblems(args, known)
  const parsed = schema.safeParse(Object.fromEntries(Object.keys(known).map((name) => [name, given[name]])))
  // What was typed wrongly is said once.
  const ofValues = (parsed.error?.issues ?? []).flatMap(({ path, message }) =>
    typed.includes(`--${path.join('.')} needs a value.`) ? [] : [`--${path.join('.')} ${message}.`],
  )
  const problems = [...typed, ...ofValues]
  if (parsed.success && problems.length === 0) return parsed.data
  throw new CacheNetError('config-invalid', `${problems.join('\n')}\nSee --help for what there is.`, {
    problems,
  })
}

/** What makes settings of one command out of its command line; see `resolveFlags`. */
export const flagsResolver =
  <Settings>(
    schema: z.ZodType<Settings>,
    known: Readonly<Record<keyof Settings & string, { readonly type?: string }>>,
  ) =>
  (args: readonly string[], given: Readonly<Record<string, unknown>>): Settings =>
    resolveFlags(schema, known, args, given)

import { z } from 'zod'
import { CacheNetError } from '../core/wire/errors.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
const text = z.string().min(1, 'must not be empty')

const settingsSchema = z.object({
  port: z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be at most 65535'),
  host: text,
  bundles: text,
  page: text,
  'default-bundle': text.optional(),
  'log-level': z.enum(levels, `must be one of ${levels.join(', ')}`),
})
export type EdgeSettings = z.infer<typeof settingsSchema>
type SettingName = keyof EdgeSettings

const defaults: Partial<Record<SettingName, string>> = {
  port: '8787',
  host: '0.0.0.0',
  bundles: 'public/bundles',
  page: 'dist',
  'log-level': 'info',
}

const flag = (name: SettingName, valueHint: string, description: string): { type: 'string'; valueHint: string; description: string } => {
  const fallback = defaults[name]
  return { type: 'string', valueHint, description: fallback === undefined ? description : `${description} (${fallback})` }
}

/** The flags as the command line knows them. They have no defaults there: an environment variable comes in between. */
export const edgeFlags = {
  port: flag('port', 'number', 'Port to listen on; 0 takes a free one'),
  host: flag('host', 'address', 'Address to listen on; 127.0.0.1 for this machine alone'),
  bundles: flag('bundles', 'folder', 'Folder with one folder for each bundle, as training wrote them'),
  page: flag('page', 'folder', 'Folder of the built page'),
  'default-bundle': flag('default-bundle', 'id', 'Bundle that the page opens with (walkers, or else the first)'),
  'log-level': flag('log-level', 'level', `What goes to the log on stderr: ${levels.join(', ')}`),
} satisfies Record<SettingName, unknown>

const names = Object.keys(edgeFlags) as SettingName[]

/** `default-bundle` → `CACHENET_DEFAULT_BUNDLE`. */
const variableOf = (name: SettingName): string => `CACHENET_${name.replaceAll('-', '_').toUpperCase()}`

const invalid = (problems: readonly string[]): CacheNetError =>
  new CacheNetError('config-invalid', `${problems.join('\n')}\nSee --help for what there is.`, { problems })

function requireKnown(args: readonly string[]): void {
  const problems = args.flatMap((arg, index) => {
    const [, name] = /^--([^=]+)/.exec(arg) ?? []
    if (name !== undefined) return (names as string[]).includes(name) ? [] : [`There is no flag --${name}.`]
    // A word of its own is the value of the flag before it, or nothing that the edge knows.
    const before = /^--([^=]+)$/.exec(args[index - 1] ?? '')
    return before === null ? [`The edge does not know what to do with ${arg}.`] : []
  })
  if (problems.length > 0) throw invalid(problems)
}

/**
 * Settings from flags, else the environment, else the defaults. Throws `config-invalid` with a line for each problem.
 *
 * @param args the command line as it was typed, to find flags that do not exist
 * @param flags what the command line's parser made of it
 */
export function resolveSettings(
  args: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): EdgeSettings {
  requireKnown(args)
  const chosen = names.map((name) => {
    const given = flags[name]
    if (given !== undefined) return { name, source: `--${name}`, value: given }
    const variable = environment[variableOf(name)]
    return variable === undefined ? { name, source: `--${name}`, value: defaults[name] } : { name, source: variableOf(name), value: variable }
  })
  const parsed = settingsSchema.safeParse(Object.fromEntries(chosen.map(({ name, value }) => [name, value])))
  if (parsed.success) return parsed.data
  throw invalid(
    parsed.error.issues.map(({ path, message }) => {
      const found = chosen.find(({ name }) => name === path[0])
      return `${found?.source ?? path.join('.')} ${message}, and it is ${JSON.stringify(found?.value)}.`
    }),
  )
}

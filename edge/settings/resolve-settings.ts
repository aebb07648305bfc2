import { readFileSync } from 'node:fs'
import { flagProblems } from '../../core/command-line/flag-problems.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { edgeFlags } from './edge-flags.ts'
import { settingsSchema, type EdgeSettings } from './settings-schema.ts'
import {
  settingRows,
  settingsTable,
  variableOf,
  type SettingName,
  type SettingRow,
} from './settings-table.ts'

type Environment = Readonly<Record<string, string | undefined>>

const isSecret = (name: string): boolean =>
  Object.hasOwn(settingsTable, name) && (settingsTable[name as SettingName] as SettingRow).isSecret === true

const invalid = (problems: readonly string[]): CacheNetError =>
  new CacheNetError('config-invalid', `${problems.join('\n')}\nSee --help for what there is.`, { problems })

function requireKnown(args: readonly string[]): void {
  const problems = flagProblems(args, edgeFlags)
  if (problems.length > 0) throw invalid(problems)
}

function parseFile(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch (cause) {
    throw new CacheNetError(
      'config-invalid',
      `The file ${path} cannot be read as JSON. See --help for what there is.`,
      { problems: [path] },
      { cause },
    )
  }
  throw invalid([`The file ${path} must hold an object, such as {"port": 8787}.`])
}

function readFile(path: string): Map<string, string> {
  const entries = Object.entries(parseFile(path))
  const problems = entries.flatMap(([name, value]) => {
    if (!Object.hasOwn(settingsTable, name)) return [`The file ${path} names ${name}, which there is not.`]
    const isPlain =
      ['string', 'number', 'boolean'].includes(typeof value) ||
      (Array.isArray(value) && value.every((entry) => typeof entry === 'string'))
    return isPlain ? [] : [`The file ${path} has a ${name} that is neither text nor number.`]
  })
  if (problems.length > 0) throw invalid(problems)
  return new Map(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join() : String(value)]))
}

/**
 * Settings from flags, else the environment, else the file, else the defaults. Throws `config-invalid` with a
 * line for each problem; a secret's value is not in it.
 *
 * @param args the command line as it was typed, to find flags that do not exist
 * @param flags what the command line's parser made of it
 */
export function resolveSettings(
  args: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  environment: Environment,
): EdgeSettings {
  requireKnown(args)
  const configFlag = flags['config']
  const path = typeof configFlag === 'string' ? configFlag : environment[variableOf('config')]
  const file = path === undefined ? new Map<string, string>() : readFile(path)
  const chosen = settingRows.map(([name, { fallback }]) => {
    const flag = flags[name]
    if (typeof flag === 'string' || typeof flag === 'boolean')
      return { name, source: `--${name}`, value: String(flag) }
    const variable = environment[variableOf(name)]
    // Compose files and the like cannot leave a variable out; an empty one of what has no default is none.
    const isGiven = variable !== undefined && (variable !== '' || fallback !== undefined)
    if (isGiven) return { name, source: variableOf(name), value: variable }
    const inFile = file.get(name)
    return inFile === undefined
      ? { name, source: `--${name}`, value: fallback }
      : { name, source: `${name} in ${path ?? 'the file'}`, value: inFile }
  })
  const parsed = settingsSchema.safeParse(Object.fromEntries(chosen.map(({ name, value }) => [name, value])))
  if (parsed.success) return parsed.data
  throw invalid(
    parsed.error.issues.map(({ path: [name], message }) => {
      const found = chosen.find((candidate) => candidate.name === name)
      return `${found?.source ?? String(name)} ${message}${isSecret(String(name)) ? '' : `, and it is ${JSON.stringify(found?.value)}`}.`
    }),
  )
}

/** Settings as they may be shown: of a secret only that there is one. */
export function shownSettings(settings: EdgeSettings): Record<string, unknown> {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, isSecret(name) ? '(set)' : value]))
}

import { CacheNetError } from '../../core/wire/errors.ts'
import { defaults } from './defaults.ts'
import { isScaled, presets, type PresetName } from './presets.ts'
import { scaleToData } from './scale-to-data.ts'
import { startFromBase, type BaseSizes } from './start-from-base.ts'
import { parseConfig, type TrainingConfig } from './schema.ts'

type Tree = Record<string, unknown>

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(base: unknown, change: unknown): unknown {
  if (!isTree(base) || !isTree(change)) return change
  const changed = Object.entries(change).map(([key, value]): [string, unknown] => [
    key,
    Object.hasOwn(base, key) ? merge(base[key], value) : value,
  ])
  // From entries: a key called __proto__ is a key like any other, and refused like any that there is not.
  return Object.fromEntries([...Object.entries(base), ...changed])
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `full.optimizer.epochs=4` → { full: { optimizer: { epochs: 4 } } } */
function parseAssignment(assignment: string): Tree {
  const at = assignment.indexOf('=')
  if (at < 1)
    throw new CacheNetError(
      'config-invalid',
      `--set takes key=value, and "${assignment}" has no key or no "=".`,
      { assignment },
    )
  const keys = assignment.slice(0, at).split('.')
  return keys.reduceRight<unknown>(
    (value, key) => ({ [key]: value }),
    readValue(assignment.slice(at + 1)),
  ) as Tree
}

/**
 * Defaults, then the preset, then the config file, then `--set key.path=value`, each over the one before; the
 * result is checked.
 *
 * @param trainImages for presets that follow their number; without it they are as for 50,000
 * @param base that the networks begin with: they have its sizes
 */
export function resolveConfig(
  preset: PresetName,
  file: unknown,
  assignments: readonly string[],
  trainImages?: number,
  base?: BaseSizes,
): TrainingConfig {
  const scaled = trainImages === undefined || !isScaled(preset) ? [] : [scaleToData(trainImages)]
  const layers: unknown[] = [
    presets[preset],
    ...scaled,
    ...(base === undefined ? [] : [startFromBase(base, isScaled(preset) ? trainImages : undefined)]),
    ...(file === undefined ? [] : [file]),
    ...assignments.map(parseAssignment),
  ]
  return parseConfig(layers.reduce<unknown>(merge, defaults))
}

/** Settings that have no default, by their names. */
const withoutDefault: ReadonlySet<string> = new Set([
  'recordedSessions',
  'family',
  'widths',
  'width',
  'depth',
  'recorded',
  'knowsScenes',
])

/**
 * What of a stored config is still a setting: what earlier programs had besides decides over nothing any
 * more.
 */
function stillKnown(base: unknown, stored: unknown): unknown {
  if (!isTree(base) || !isTree(stored)) return stored
  return Object.fromEntries(
    Object.entries(stored).flatMap(([key, value]) =>
      key in base ? [[key, stillKnown(base[key], value)]] : withoutDefault.has(key) ? [[key, value]] : [],
    ),
  )
}

/**
 * A config that was stored with a bundle, and assignments over it: keys that it does not know yet have their
 * defaults, which change nothing of what it says; keys that are no settings any more are left out.
 */
export const restoreConfig = (stored: unknown, assignments: readonly string[] = []): TrainingConfig =>
  parseConfig(
    [stillKnown(defaults, stored), ...assignments.map(parseAssignment)].reduce<unknown>(merge, defaults),
  )

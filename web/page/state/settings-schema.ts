import { z } from 'zod'

/** Frames per second: a number, or as fast as they can be answered. */
const rateSchema = z.union([z.literal('max'), z.coerce.number().min(0.1).max(120)])

const bundleId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)

const shape = {
  /** Null: the edge's default. */
  bundle: bundleId.nullable(),
  /** How many partitions may be kept, in storage and in memory. */
  cachePartitions: z.coerce.number().int().min(1).max(64),
  rate: rateSchema,
  /** Null: the bundle's. */
  thresholdNats: z.coerce.number().min(0).max(10).nullable(),
  /** Null: the bundle's. */
  maxProbes: z.coerce.number().int().min(1).max(64).nullable(),
  /** Where the edge is; empty for where the page came from. */
  edgeUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))]),
}

export interface Settings {
  readonly bundle: string | null
  readonly cachePartitions: number
  readonly rate: number | 'max'
  readonly thresholdNats: number | null
  readonly maxProbes: number | null
  readonly edgeUrl: string
}

export const defaultSettings: Settings = {
  bundle: null,
  cachePartitions: 2,
  rate: 10,
  thresholdNats: null,
  maxProbes: null,
  edgeUrl: '',
}

/** Names of the settings in the page's address. */
const urlNames = {
  bundle: 'bundle',
  cache: 'cachePartitions',
  rate: 'rate',
  threshold: 'thresholdNats',
  probes: 'maxProbes',
  edge: 'edgeUrl',
} as const satisfies Record<string, keyof Settings>

/** Keeps every field that is right and drops the others: one bad value must not cost a person all of their settings. */
function readFields(values: Readonly<Record<string, unknown>>): Partial<Settings> {
  const fields: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(shape)) {
    if (!(name in values)) continue
    const parsed = schema.safeParse(values[name])
    if (parsed.success) fields[name] = parsed.data
  }
  return fields
}

/** Settings as they were stored; the defaults for whatever is missing or wrong. */
export function parseStoredSettings(text: string | null): Settings {
  let stored: unknown
  try {
    stored = JSON.parse(text ?? '{}')
  } catch {
    stored = {}
  }
  const values = z.record(z.string(), z.unknown()).safeParse(stored)
  return { ...defaultSettings, ...(values.success ? readFields(values.data) : {}) }
}

/** What the page's address sets: `?bundle=…&cache=…&rate=…|max&threshold=…&probes=…&edge=…`. */
export function parseUrlSettings(parameters: URLSearchParams): Partial<Settings> {
  const values: Record<string, unknown> = {}
  for (const [urlName, name] of Object.entries(urlNames)) {
    const value = parameters.get(urlName)
    if (value !== null && value !== '') values[name] = value
  }
  return readFields(values)
}

const demoSchema = z.object({
  /** Walkers to play one after the other, by their class index; then the demo ends. */
  walkers: z.array(z.coerce.number().int().nonnegative()).min(1).max(10_000),
  /** How many frames each of them is held. */
  hold: z.coerce.number().int().min(1).max(10_000),
})

export interface DemoScript {
  readonly walkers: readonly number[]
  readonly hold: number
}

/** `?demo=3,17,3&hold=8`: exactly these walkers, so many frames each. Undefined where the address names none. */
export function parseDemoScript(parameters: URLSearchParams): DemoScript | undefined {
  const walkers = parameters.get('demo')
  // No name is no walker; as a number it would be the first one.
  if (walkers === null || walkers === '') return undefined
  const parsed = demoSchema.safeParse({ walkers: walkers.split(','), hold: parameters.get('hold') ?? 20 })
  return parsed.success ? parsed.data : undefined
}

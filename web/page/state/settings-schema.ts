import { tokenInFragment } from '../../../core/client/token-in-fragment.ts'
import * as z from 'zod/mini'

/** Frames per second: a number, or as fast as they can be answered. */
const rateSchema = z.union([z.literal('max'), z.coerce.number().check(z.minimum(0.1), z.maximum(120))])

const bundleId = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/))

export const fullModelUses = ['auto', 'always', 'never'] as const
/**
 * Whether the full model comes to this device too: where data is free and it is not too large, in any case,
 * or not at all.
 */
export type FullModelUse = (typeof fullModelUses)[number]

/** A switch, also as an address writes it. */
const flag = z.union([
  z.boolean(),
  z.pipe(
    z.enum(['1', '0', 'true', 'false']),
    z.transform((text) => text === '1' || text === 'true'),
  ),
])

export const probings = ['adaptive', 'recent-first', 'least-entropy'] as const
/**
 * How many resident networks are asked, and in which order: as the scene's locality says, or always the same.
 */
export type Probing = (typeof probings)[number]

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const shape = {
  /** Null: the edge's default. */
  bundle: z.nullable(bundleId),
  /** How many partitions may be kept, in storage and in memory. */
  cachePartitions: z.coerce.number().check(z.int(), z.minimum(1), z.maximum(64)),
  /** How many megabytes (10⁶ bytes) of them. */
  cacheMegabytes: z.coerce.number().check(z.minimum(1), z.maximum(512)),
  rate: rateSchema,
  /** Null: the bundle's, or what the adaptive gate makes of it. */
  thresholdNats: z.nullable(z.coerce.number().check(z.minimum(0), z.maximum(10))),
  probing: z.enum(probings),
  /** Null: the bundle's. Only where probing is not adaptive. */
  maxProbes: z.nullable(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(64))),
  /** Share of hits that the edge is asked about too, 0 to 0.05. */
  auditShare: z.coerce.number().check(z.minimum(0), z.maximum(0.05)),
  /** Fetch the partition that is likely next, while nothing else is to do and the network costs nothing. */
  isPrefetching: flag,
  /** The edge may keep the frames that it is sent, to learn the place; no link switches it on. */
  isLearningPlace: flag,
  /** Pictures that the edge keeps of places are fetched and shown; no link switches it on. */
  isShowingPlaces: flag,
  /** Steady the label by the agreement of the last frames. */
  isSmoothing: flag,
  fullModel: z.enum(fullModelUses),
  /**
   * On how many threads the networks run; fewer where the page is not isolated, or the device has not so many
   * cores.
   */
  threads: z.coerce.number().check(z.int(), z.minimum(1), z.maximum(4)),
  theme: z.enum(themes),
  numbers: z.enum(['neutral', 'device']),
  /** Where the edge is; empty for where the page came from. */
  edgeUrl: z.union([
    z.literal(''),
    z.pipe(
      z.url({ protocol: /^https?$/ }),
      z.transform((url) => url.replace(/\/+$/, '')),
    ),
  ]),
  /**
   * What an edge that is not for everybody asks for; empty for none. Visible characters of ASCII, as RFC 6750
   * has them.
   */
  edgeToken: z.string().check(z.regex(/^[\x21-\x7e]{0,512}$/)),
}

export interface Settings {
  readonly bundle: string | null
  readonly cachePartitions: number
  readonly cacheMegabytes: number
  readonly rate: number | 'max'
  readonly thresholdNats: number | null
  readonly probing: Probing
  readonly maxProbes: number | null
  readonly auditShare: number
  readonly isPrefetching: boolean
  readonly isLearningPlace: boolean
  readonly isShowingPlaces: boolean
  readonly isSmoothing: boolean
  readonly fullModel: FullModelUse
  readonly threads: number
  readonly theme: Theme
  readonly numbers: 'neutral' | 'device'
  readonly edgeUrl: string
  readonly edgeToken: string
}

export const defaultSettings: Settings = {
  bundle: null,
  cachePartitions: 2,
  cacheMegabytes: 64,
  rate: 10,
  thresholdNats: null,
  probing: 'adaptive',
  maxProbes: null,
  auditShare: 0,
  isPrefetching: true,
  isLearningPlace: false,
  isShowingPlaces: false,
  isSmoothing: false,
  fullModel: 'auto',
  threads: 1,
  theme: 'system',
  numbers: 'neutral',
  edgeUrl: '',
  edgeToken: '',
}

/** Names of the settings in the page's address. */
const urlNames = {
  bundle: 'bundle',
  cache: 'cachePartitions',
  megabytes: 'cacheMegabytes',
  rate: 'rate',
  threshold: 'thresholdNats',
  probing: 'probing',
  probes: 'maxProbes',
  audits: 'auditShare',
  prefetch: 'isPrefetching',
  smoothing: 'isSmoothing',
  full: 'fullModel',
  threads: 'threads',
  theme: 'theme',
} as const satisfies Record<string, keyof Settings>

/**
 * Keeps every field that is right and drops the others: one bad value must not cost a person all of their
 * settings.
 */
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

/**
 * What the page's address sets for this visit: `?bundle=…&cache=…&rate=…|max&threshold=…&probes=…` and so on;
 * where frames go is asked (`parseEdgeLink`).
 */
export function parseUrlSettings(parameters: URLSearchParams): Partial<Settings> {
  const values: Record<string, unknown> = {}
  for (const [urlName, name] of Object.entries(urlNames)) {
    const value = parameters.get(urlName)
    if (value !== null && value !== '') values[name] = value
  }
  const fields = readFields(values)
  // Who says how many to ask has decided how to ask.
  return fields.maxProbes !== undefined && fields.probing === undefined
    ? { ...fields, probing: 'recent-first' }
    : fields
}

/**
 * What the edge's QR code hands over behind the `#`: `#token=…`, and `edge=…` where the page came from
 * elsewhere. It is there, and not in the query, because a fragment never reaches a server or its log.
 * `?edge=…` is understood too.
 */
export function parseEdgeLink(hash: string, search = ''): Partial<Pick<Settings, 'edgeUrl' | 'edgeToken'>> {
  const edgeToken = tokenInFragment(hash) ?? ''
  const edgeUrl =
    new URLSearchParams(hash.replace(/^#/, '')).get('edge') ?? new URLSearchParams(search).get('edge') ?? ''
  return readFields({ ...(edgeToken !== '' && { edgeToken }), ...(edgeUrl !== '' && { edgeUrl }) })
}

const demoSchema = z.object({
  /** Walkers to play one after the other, by their class index; then the demo ends. */
  walkers: z
    .array(z.coerce.number().check(z.int(), z.nonnegative()))
    .check(z.minLength(1), z.maxLength(10_000)),
  /** How many frames each of them is held. */
  hold: z.coerce.number().check(z.int(), z.minimum(1), z.maximum(10_000)),
})

export interface DemoScript {
  readonly walkers: readonly number[]
  readonly hold: number
}

/**
 * `?demo=3,17,3&hold=8`: exactly these walkers, so many frames each. Undefined where the address names none.
 */
export function parseDemoScript(parameters: URLSearchParams): DemoScript | undefined {
  const walkers = parameters.get('demo')
  // No name is no walker; as a number it would be the first one.
  if (walkers === null || walkers === '') return undefined
  const parsed = demoSchema.safeParse({ walkers: walkers.split(','), hold: parameters.get('hold') ?? 20 })
  return parsed.success ? parsed.data : undefined
}

/** One setting out of what a person typed; undefined where it cannot be. */
export function settingOf<Name extends keyof Settings>(
  name: Name,
  value: unknown,
): Settings[Name] | undefined {
  return readFields({ [name]: value })[name]
}

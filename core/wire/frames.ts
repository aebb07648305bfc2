import * as z from 'zod/mini'
import { identifierGroup } from '../bundle/identifier.ts'
import { blobRefSchema } from '../bundle/blob-ref.ts'

export { imageFrameTypes, rawFrameType } from './frame-types.ts'

/**
 * What the phone has in memory, most recently used first: `p1=whole,p3=delta`. Left out where no partition is
 * wanted: then no delta comes along.
 */
export const holdsHeader = 'x-cachenet-holds'

/**
 * Marks a frame as an audit of a hit that the phone answered with this class index: served after all misses,
 * shed first.
 */
export const auditHeader = 'x-cachenet-audit'

/**
 * How many frames the phone answered by itself since the last one that it sent: what only the phone can
 * count.
 */
export const hitsHeader = 'x-cachenet-hits'

/**
 * SHA-256 of the manifest's bytes, in hexadecimal, which is its ETag. With a frame: of the manifest that the
 * device holds; an edge with another refuses the frame (`bundle-changed`), since its classes may mean
 * something else. With an answer: of the edge's own.
 */
export const manifestHeader = 'x-cachenet-manifest'

/** A report of hits says less than this; one that says more is refused. */
export const hitsLimit = 1_000_000

export type HeldForm = 'whole' | 'delta'
export interface HeldPartition {
  readonly id: string
  readonly form: HeldForm
}

/** As many as a manifest may name; what is behind them in a header is not read. */
const mostHeld = 64

export const formatHolds = (held: readonly HeldPartition[]): string =>
  held.map(({ id, form }) => `${id}=${form}`).join(',')

const heldPattern = new RegExp(`^\\s*${identifierGroup}=(whole|delta)\\s*$`)

/** Reads `holdsHeader`. What is malformed is left out: at worst a delta travels that was not needed. */
export function parseHolds(header: string): HeldPartition[] {
  return header
    .split(',', mostHeld)
    .map((part) => heldPattern.exec(part))
    .flatMap((match) => (match?.[1] === undefined ? [] : [{ id: match[1], form: match[2] as HeldForm }]))
}

const probability = z.number().check(z.minimum(0), z.maximum(1))

/** What the edge answers to an uploaded frame. */
export const frameAnswerSchema = z.object({
  classIndex: z.int().check(z.nonnegative()),
  label: z.string(),
  probabilities: z.array(probability),
  /** Predictive entropy of the answer, in nats. */
  entropyNats: z.number().check(z.nonnegative()),
  /**
   * Whether the frame is strange to the full model: see `strangeness`. Absent where the bundle does not say
   * what is, and from older edges.
   */
  isStrange: z.optional(z.boolean()),
  /**
   * c(x) = softmax(z̄): how much of the frame belongs to each partition. Sums to 1; empty where the bundle
   * has no encoder.
   */
  code: z.array(probability),
  /**
   * The partition that the selector chose: what the phone should have resident for the frames that follow.
   */
  partition: z.optional(z.object({ id: z.string(), whole: blobRefSchema, delta: z.optional(blobRefSchema) })),
  /**
   * The chosen partition's delta itself, where the phone holds neither it nor the whole. Checked like any
   * blob.
   */
  inlineDelta: z.optional(
    z.object({ id: z.string(), sha256: blobRefSchema.shape.sha256, bytes: z.base64() }),
  ),
  /**
   * The partition that most often follows the chosen one in this client's stream: worth fetching when idle.
   */
  likelyNext: z.optional(z.object({ id: z.string() })),
  /** To an audit: whether the full model gives the same class. */
  audit: z.optional(z.object({ agrees: z.boolean() })),
  answeredBy: z.enum(['full', 'partition']),
  timings: z.object({
    decodeMs: z.number().check(z.nonnegative()),
    queueMs: z.number().check(z.nonnegative()),
    inferenceMs: z.number().check(z.nonnegative()),
  }),
})
export type FrameAnswer = z.infer<typeof frameAnswerSchema>

/** Bundles that an edge serves. The default is what a page opens with when nobody chose. */
export const bundleListSchema = z.object({
  defaultBundle: z.string(),
  bundles: z.array(
    z.object({
      id: z.string(),
      description: z.string(),
      classes: z.int(),
      partitions: z.int(),
      /** What a device fetches to start with, and with every partition. Older edges do not say. */
      bytes: z.optional(z.object({ start: z.int(), all: z.int() })),
      /** Whether the edge learns places for it, where a person wants that. Older edges do not say. */
      learns: z.optional(z.boolean()),
    }),
  ),
})
export type BundleList = z.infer<typeof bundleListSchema>

export { apiPaths, parseBlobPath } from './api-paths.ts'

// The small build of zod: the inference worker carries no other schema, and it is part of what a phone loads
// first.
import * as z from 'zod/mini'
import type { DeltaSpec } from '../../core/bundle/delta.ts'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import { probeSettingsSchema } from '../../core/gate/settings.ts'
import { lightSchema } from '../../core/light/light.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { imageFrameTypes } from '../../core/wire/frame-types.ts'
import type { EncodedFrame } from '../../core/wire/sent-frame.ts'
import type { RpcProtocol } from './rpc.ts'

/** Pixels that need no decoding, row by row; what a source that draws its frames itself hands over. */
export interface RawImage {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

/** A frame on its way to the worker. It is moved there, not copied: the sender cannot use it any more. */
export type FrameImage = ImageBitmap | RawImage

export const isRawImage = (image: FrameImage): image is RawImage => 'rgba' in image

const bytes = z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array)
const record = (value: unknown): boolean => typeof value === 'object' && value !== null
const network = z.object({
  weights: bytes,
  temperature: z.number(),
  mostStrange: z.optional(z.number()),
  light: z.optional(lightSchema),
})
const count = z.int().check(z.positive())

const rawImage = z.object({
  width: count,
  height: count,
  rgba: z.custom<Uint8ClampedArray<ArrayBuffer>>((value) => value instanceof Uint8ClampedArray),
})
const floats = z.custom<Float32Array<ArrayBuffer>>((value) => value instanceof Float32Array)
const frameImage = z.union([
  z.custom<ImageBitmap>((value) => typeof ImageBitmap !== 'undefined' && value instanceof ImageBitmap),
  rawImage,
])

const requestSchema = z.discriminatedUnion('kind', [
  /** Loads and starts the backend, ahead of the bundle that will need it. */
  z.object({ kind: z.literal('prepare') }),
  /**
   * Makes ready for a bundle: backend, generalist, one warm-up run. Drops whatever was open before.
   * Spec and input come out of a manifest that the page has parsed; the worker checks them by running them.
   */
  z.object({
    kind: z.literal('open'),
    spec: z.custom<NetworkSpec>(record),
    input: z.custom<ModelInput>(record),
    /** Of the partitions, where it is another, and their heads, by id. */
    partitionSpec: z.optional(z.custom<NetworkSpec>(record)),
    heads: z.optional(z.custom<ReadonlyMap<string, PartitionHead>>((value) => value instanceof Map)),
    generalist: network,
    maxPartitions: count,
    /** What the bundle's deltas change; absent where it has none. */
    delta: z.optional(z.custom<DeltaSpec>(record)),
    /** The size that the edge's full model reads, where it is another: then `picture` may be asked for. */
    edgeInput: z.optional(z.object({ width: count, height: count })),
  }),
  /**
   * Puts a partition's weights into memory and makes it the most recent; the least recent goes where there is
   * no room.
   */
  z.object({
    kind: z.literal('load'),
    id: z.string(),
    ...network.shape,
    /** Whole where it is not said. */
    form: z.optional(z.enum(['whole', 'delta'])),
  }),
  /**
   * Gives a resident partition its whole weights in place of its delta's, at its place; nothing where it is
   * not resident.
   */
  z.object({ kind: z.literal('refine'), id: z.string(), ...network.shape }),
  /** Makes a resident partition the most recent, as an answer from the edge that names it does. */
  z.object({ kind: z.literal('use'), id: z.string() }),
  z.object({ kind: z.literal('unload'), id: z.string() }),
  z.object({ kind: z.literal('set-room'), maxPartitions: count }),
  z.object({
    kind: z.literal('classify'),
    image: frameImage,
    gate: probeSettingsSchema,
    /** Where the scene decides: the partition that it asks for, if any. */
    choice: z.optional(z.object({ id: z.optional(z.string()) })),
    /** What the scene makes of each class: see `classFactors` of the gate. */
    classFactors: z.optional(floats),
  }),
  /**
   * The frame that was classified last, encoded for an edge that reads another size. `frame` is the number
   * that its classification told; `frame-empty` where another one came since.
   */
  z.object({ kind: z.literal('picture'), frame: count }),
  z.object({ kind: z.literal('measure-memory') }),
])
export type InferenceRequest = z.infer<typeof requestSchema>

const opened = z.object({ warmUpMs: z.number() })
const residents = z.object({
  /** Partitions in memory, most recent first; the generalist, always there, is not among them. */
  residents: z.array(z.string()),
})
const picture = z.object({ type: z.enum(imageFrameTypes), bytes })
const memory = z.object({ tensors: z.int(), bytes: z.number() })

const classification = z.object({
  outcome: z.enum(['hit', 'miss']),
  /** Whose answer it is: a partition's id, or `generalist`. On a miss, the least uncertain of those asked. */
  network: z.string(),
  classIndex: z.int(),
  entropyNats: z.number(),
  probabilities: floats,
  /** Whether the frame is strange to that network; absent where the bundle does not say what is. */
  isStrange: z.optional(z.boolean()),
  /** How sure that network alone is of this class, and of anything, before the scene has a say. */
  ownCertainty: z.number(),
  ownEntropyNats: z.number(),
  /** Everyone who was asked, in order. */
  probes: z.array(z.object({ network: z.string(), entropyNats: z.number() })),
  /** After this frame: the partition that answered a hit is now the first. */
  residents: residents.shape.residents,
  timings: z.object({ pixelsMs: z.number(), inferenceMs: z.number() }),
  /**
   * The frame as the networks see it: RGB, row by row, the model's input size. It goes to the edge as it is,
   * but where the full model there reads another size.
   */
  rgb: bytes,
  /** Its number, by which `picture` is asked for; absent where the edge takes `rgb`. */
  frame: z.optional(count),
})
/** What the device makes of a frame. */
export type Classification = z.infer<typeof classification>

export interface InferenceAnswers {
  readonly prepare: null
  readonly open: z.infer<typeof opened>
  readonly load: z.infer<typeof residents>
  readonly refine: z.infer<typeof residents>
  readonly use: z.infer<typeof residents>
  readonly unload: z.infer<typeof residents>
  readonly 'set-room': z.infer<typeof residents>
  readonly classify: Classification
  readonly picture: EncodedFrame
  readonly 'measure-memory': z.infer<typeof memory>
}

/** Between the page and the inference worker. The worker says nothing unasked. */
export const inferenceProtocol: RpcProtocol<InferenceRequest, InferenceAnswers, never> = {
  parseRequest: (value) => requestSchema.parse(value),
  parseAnswer: {
    prepare: (value) => z.null().parse(value),
    open: (value) => opened.parse(value),
    load: (value) => residents.parse(value),
    refine: (value) => residents.parse(value),
    use: (value) => residents.parse(value),
    unload: (value) => residents.parse(value),
    'set-room': (value) => residents.parse(value),
    classify: (value) => classification.parse(value),
    picture: (value) => picture.parse(value),
    'measure-memory': (value) => memory.parse(value),
  },
  parseEvent: (value) => z.never().parse(value),
}

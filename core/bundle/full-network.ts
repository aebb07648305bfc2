import * as z from 'zod/mini'
import { featureSize, planNetwork } from '../network/plan.ts'
import { networkSpecSchema, type NetworkSpec } from '../network/spec.ts'
import { CacheNetError } from '../wire/errors.ts'
import { modelInputSchema } from './model-input.ts'

const cost = z.number().check(z.nonnegative())

/**
 * A full model that somebody brought: an ONNX file, whose layers this program does not know one by one. Its
 * blob is the file, which says the rest.
 */
export const graphSpecSchema = z.strictObject({
  kind: z.literal('onnx'),
  /** What it reads. It may be larger than what the device's networks read. */
  input: modelInputSchema,
  /** Values that its last dense layer reads; 4096 is the most that an encoder takes. */
  features: z.int().check(z.positive(), z.maximum(4096)),
  /** Classes: those of the bundle, in their order. */
  outputs: z.int().check(z.positive()),
  /** Whether it takes several frames at once. */
  isBatched: z.boolean(),
  /** Multiply-accumulates of one frame, in millions, counted while it ran. */
  megaMacs: cost,
  /** Most that one layer reads and writes for one frame, in bytes. */
  activationBytes: cost,
})
export type GraphSpec = z.infer<typeof graphSpecSchema>

export const fullNetworkSchema = z.union([networkSpecSchema, graphSpecSchema])
/** The full model: layers of our own, or a graph that somebody brought. */
export type FullNetwork = z.infer<typeof fullNetworkSchema>

export const isGraph = (full: FullNetwork): full is GraphSpec => 'kind' in full

/** Shape of one frame as the full model reads it: [height, width, 3]. */
export const inputShapeOfFull = (full: FullNetwork): NetworkSpec['inputShape'] =>
  isGraph(full) ? [full.input.height, full.input.width, full.input.channels] : full.inputShape

/** Size of the vector that the last layer reads: what an encoder may read in its turn. */
export const featureSizeOfFull = (full: FullNetwork): number =>
  isGraph(full) ? full.features : featureSize(full)

export const outputsOfFull = (full: FullNetwork): number =>
  isGraph(full) ? full.outputs : (planNetwork(full).outputShape[0] ?? 0)

/** Multiply-accumulates of one frame, in millions. */
export const megaMacsOfFull = (full: FullNetwork): number =>
  isGraph(full) ? full.megaMacs : planNetwork(full).megaMacs

/** The layers of a full model that was trained here. Throws `config-invalid` where somebody brought it. */
export function requireLayers(full: FullNetwork): NetworkSpec {
  if (!isGraph(full)) return full
  throw new CacheNetError(
    'config-invalid',
    'Somebody brought the full model of this bundle as an ONNX file, and its layers are wanted one by one. Take a bundle whose full model was trained here.',
  )
}

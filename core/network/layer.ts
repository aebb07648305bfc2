import * as z from 'zod/mini'

const activation = z.enum(['linear', 'relu'])
const name = z.string().check(z.regex(/^[a-z][a-z0-9-]*$/))
/** Channels, units, or the extent of an input. */
export const sizeSchema = z.int().check(z.positive(), z.maximum(4096))

const convSchema = z.strictObject({
  kind: z.literal('conv'),
  name,
  filters: sizeSchema,
  kernelSize: z.int().check(z.minimum(1), z.maximum(11)),
  stride: z._default(z.int().check(z.minimum(1), z.maximum(4)), 1),
  padding: z._default(z.enum(['same', 'valid']), 'same'),
  activation: z._default(activation, 'relu'),
})
/**
 * 3x3 taps for each channel by itself, padded as TensorFlow's `same`: what MobileNets have between 1x1
 * convolutions (Howard et al. 2017).
 */
const depthwiseSchema = z.strictObject({
  kind: z.literal('depthwise'),
  name,
  stride: z._default(z.int().check(z.minimum(1), z.maximum(2)), 1),
  activation: z._default(activation, 'relu'),
})
const maxPoolSchema = z.strictObject({
  kind: z.literal('maxPool'),
  poolSize: z.int().check(z.minimum(2), z.maximum(8)),
  stride: z.int().check(z.minimum(1), z.maximum(8)),
})
const globalPoolSchema = z.strictObject({ kind: z.literal('globalPool'), mode: z.enum(['max', 'average']) })
const denseSchema = z.strictObject({
  kind: z.literal('dense'),
  name,
  units: sizeSchema,
  activation: z._default(activation, 'linear'),
})

/** y = x + f(x), f a chain of convolutions that keeps the shape; no activation after the sum. */
const residualSchema = z.strictObject({
  kind: z.literal('residual'),
  layers: z
    .array(z.discriminatedUnion('kind', [convSchema, depthwiseSchema]))
    .check(z.minLength(1), z.maxLength(4)),
})

export const layerSchema = z.discriminatedUnion('kind', [
  convSchema,
  depthwiseSchema,
  maxPoolSchema,
  globalPoolSchema,
  denseSchema,
  residualSchema,
])
export type Layer = z.infer<typeof layerSchema>
export type ConvLayer = z.infer<typeof convSchema>
export type DepthwiseLayer = z.infer<typeof depthwiseSchema>
/** What the branch of a residual is made of. */
export type BranchLayer = ConvLayer | DepthwiseLayer

/** Shape of one example: [height, width, channels] for images, [features] for vectors. */
export type Shape = readonly number[]

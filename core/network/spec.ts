import * as z from 'zod/mini'

const activation = z.enum(['linear', 'relu'])
const name = z.string().check(z.regex(/^[a-z][a-z0-9-]*$/))
const size = z.int().check(z.positive(), z.maximum(4096))

const convSchema = z.strictObject({
  kind: z.literal('conv'),
  name,
  filters: size,
  kernelSize: z.int().check(z.minimum(1), z.maximum(11)),
  stride: z._default(z.int().check(z.minimum(1), z.maximum(4)), 1),
  padding: z._default(z.enum(['same', 'valid']), 'same'),
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
  units: size,
  activation: z._default(activation, 'linear'),
})

/** y = x + f(x), f a chain of convolutions that keeps the shape; no activation after the sum. */
const residualSchema = z.strictObject({
  kind: z.literal('residual'),
  layers: z.array(convSchema).check(z.minLength(1), z.maxLength(4)),
})

const layerSchema = z.discriminatedUnion('kind', [
  convSchema,
  maxPoolSchema,
  globalPoolSchema,
  denseSchema,
  residualSchema,
])
export type Layer = z.infer<typeof layerSchema>
export type ConvLayer = z.infer<typeof convSchema>

/** Shape of one example: [height, width, channels] for images, [features] for vectors. */
export type Shape = readonly number[]

export const networkSpecSchema = z.strictObject({
  inputShape: z.union([z.tuple([size, size, size]), z.tuple([size])]),
  layers: z.array(layerSchema).check(z.minLength(1), z.maxLength(64)),
})
export type NetworkSpec = z.infer<typeof networkSpecSchema>
/** A spec as people write it: fields with a default may be left out. */
export type NetworkSpecInput = z.input<typeof networkSpecSchema>

export { featureSize, planNetwork, type NetworkPlan, type TensorLayout } from './plan.ts'

import { z } from 'zod'

const activation = z.enum(['linear', 'relu'])
const name = z.string().regex(/^[a-z][a-z0-9-]*$/)
const size = z.int().positive().max(4096)

const convSchema = z.strictObject({
  kind: z.literal('conv'),
  name,
  filters: size,
  kernelSize: z.int().min(1).max(11),
  stride: z.int().min(1).max(4).default(1),
  padding: z.enum(['same', 'valid']).default('same'),
  activation: activation.default('relu'),
})
const maxPoolSchema = z.strictObject({
  kind: z.literal('maxPool'),
  poolSize: z.int().min(2).max(8),
  stride: z.int().min(1).max(8),
})
const globalPoolSchema = z.strictObject({ kind: z.literal('globalPool'), mode: z.enum(['max', 'average']) })
const denseSchema = z.strictObject({
  kind: z.literal('dense'),
  name,
  units: size,
  activation: activation.default('linear'),
})

const plainLayerSchema = z.discriminatedUnion('kind', [convSchema, maxPoolSchema, globalPoolSchema, denseSchema])
/** y = x + f(x), f a chain of convolutions that keeps the shape; no activation after the sum. */
const residualSchema = z.strictObject({ kind: z.literal('residual'), layers: z.array(convSchema).min(1).max(4) })

const layerSchema = z.discriminatedUnion('kind', [...plainLayerSchema.options, residualSchema])
export type Layer = z.infer<typeof layerSchema>
export type ConvLayer = z.infer<typeof convSchema>

/** Shape of one example: [height, width, channels] for images, [features] for vectors. */
export type Shape = readonly number[]

export const networkSpecSchema = z.strictObject({
  inputShape: z.union([z.tuple([size, size, size]), z.tuple([size])]),
  layers: z.array(layerSchema).min(1).max(64),
})
export type NetworkSpec = z.infer<typeof networkSpecSchema>
/** A spec as people write it: fields with a default may be left out. */
export type NetworkSpecInput = z.input<typeof networkSpecSchema>

export { featureSize, planNetwork, type NetworkPlan, type TensorLayout } from './plan.ts'

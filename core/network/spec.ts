import * as z from 'zod/mini'
import { layerSchema, sizeSchema } from './layer.ts'

export const networkSpecSchema = z.strictObject({
  inputShape: z.union([z.tuple([sizeSchema, sizeSchema, sizeSchema]), z.tuple([sizeSchema])]),
  layers: z.array(layerSchema).check(z.minLength(1), z.maxLength(64)),
})
export type NetworkSpec = z.infer<typeof networkSpecSchema>
/** A spec as people write it: fields with a default may be left out. */
export type NetworkSpecInput = z.input<typeof networkSpecSchema>

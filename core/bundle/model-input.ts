import * as z from 'zod/mini'

export const modelInputSchema = z.object({
  width: z.int().check(z.minimum(8), z.maximum(512)),
  height: z.int().check(z.minimum(8), z.maximum(512)),
  channels: z.literal(3),
  /** Per channel, on the 0–1 scale. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([
    z.number().check(z.positive()),
    z.number().check(z.positive()),
    z.number().check(z.positive()),
  ]),
})
/** The pictures that a network reads: their size, and how bytes become numbers (`preprocess`). */
export type ModelInput = z.infer<typeof modelInputSchema>

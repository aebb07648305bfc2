import { z } from 'zod'
import type { Manifest } from '../../core/bundle/manifest.ts'

const metricsSchema = z.object({
  images: z.int(),
  fullAccuracy: z.number(),
  generalistAccuracy: z.number(),
  streams: z.object({ iid: z.object({ accuracy: z.number(), coverage: z.number() }) }),
})

/** Shares of the test images that were right, and of those that the device answered by itself. */
export interface Accuracies {
  readonly full: number
  readonly generalist: number
  /** Device and edge together, each image by itself: certain on the device, or else the full model. */
  readonly whole: number
  readonly coverage: number
}

/** What a bundle's manifest says of its test images. */
export function accuraciesOf({ metrics }: Manifest): Accuracies {
  const { fullAccuracy, generalistAccuracy, streams } = metricsSchema.parse(metrics)
  return {
    full: fullAccuracy,
    generalist: generalistAccuracy,
    whole: streams.iid.accuracy,
    coverage: streams.iid.coverage,
  }
}

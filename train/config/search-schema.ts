import { z } from 'zod'
import { count, weight } from './numbers.ts'

/** `npm run experiment -- search`: which sizes it tries, and for whom. */
export const searchSchema = z.strictObject({
  /** Widths of the small network, and counts of partitions, to choose from. */
  ladder: z.array(z.tuple([count, count, count])).min(1),
  partitionCounts: z.array(z.int().min(2).max(64)).min(1),
  /** Share of the settings' epochs that a candidate is trained for. */
  epochsShare: z.number().gt(0).max(1),
  /**
   * Other counts of partitions are tried at a size only where the first one comes within this factor of the
   * best so far.
   */
  patience: z.number().min(1),
  /** The calibration weighs by it too: what a miss costs against a network more that is asked. */
  device: z.strictObject({
    /** Arithmetic of the phone and of the edge, in 10⁹ operations a second (two a multiply-accumulate). */
    gigaflops: z.number().positive(),
    edgeGigaflops: z.number().positive(),
    /**
     * What a frame costs on the phone beside the networks, and what the network adds to a miss, in
     * milliseconds.
     */
    overheadMs: weight,
    roundTripMs: weight,
  }),
})
export type SearchSettings = z.infer<typeof searchSchema>

import * as z from 'zod/mini'
import { lightSchema } from '../light/light.ts'
import { placeSchema } from './places.ts'

const count = z.int().check(z.nonnegative())
const share = z.number().check(z.minimum(0), z.maximum(1))

/** So many classes a report names. */
export const mostReportedClasses = 8

/** All that an edge knows of one place, its pictures apart. */
export const placeReportSchema = z.object({
  /** As the list has it. */
  place: placeSchema,
  /** When the edge wrote it. */
  at: z.iso.datetime(),
  /** Of the frames that are kept now; absent where none is. */
  kept: z.optional(
    z.object({
      first: z.iso.datetime(),
      last: z.iso.datetime(),
      /** Times that frames came without a long pause; streams at the same time are one. */
      visits: count,
    }),
  ),
  /** What is in use was learned from so many frames; absent where nothing is. */
  learnedFrom: z.optional(
    z.object({
      frames: count,
      /** Visits of the kept frames that came before it; absent where none of them is left. */
      visits: z.optional(count),
      /** Id of the partition whose place it took. */
      replaced: z.optional(z.string()),
      /** In which light it looks again at what is strange; absent where it does not, and from older edges. */
      light: z.optional(lightSchema),
      /** SHA-256 of its weights. */
      sha256: z.string(),
    }),
  ),
  /** The last attempt to learn it, and what came of it. */
  tried: z.optional(z.object({ at: z.iso.datetime(), message: z.string() })),
  /**
   * Answers of devices there that were held against the full model's, since it was learned or last made less
   * certain; and those of them that were unlike. Of the latest only (`mostChecked`).
   */
  checks: z.object({ answers: count, unlike: count }),
  /** Classes that the full model sees there most, the most frequent first: mean probabilities. */
  classes: z.array(z.object({ name: z.string(), share })).check(z.maxLength(mostReportedClasses)),
  /** The version of the bundle that is served. */
  bundle: z.object({ id: z.string(), createdAt: z.iso.datetime(), manifestSha256: z.string() }),
})
export type PlaceReport = z.infer<typeof placeReportSchema>

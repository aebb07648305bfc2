import * as z from 'zod/mini'
import { blobRefSchema } from '../bundle/blob-ref.ts'
import { identifierPattern } from '../bundle/identifier.ts'
import { lightSchema } from '../light/light.ts'

const share = z.number().check(z.minimum(0), z.maximum(1))

const chances = z.array(share).check(z.maxLength(10_000))
/** What is seen at a place (`Sight`). */
export const sightSchema = z.object({ code: chances, classes: chances })

/** What a device that knows the place does with frames that were held back, by the full model's word. */
export const judgementSchema = z.object({
  /** Share of the frames that it does not answer itself. */
  misses: share,
  /** Share of the frames that it answers otherwise than the full model. */
  wrongHits: share,
})
export type Judgement = z.infer<typeof judgementSchema>

/** What the edge asks of the program that trains: a file, so that the walls between both stay. */
export const learnRequestSchema = z.object({
  /** Folder of the bundle as it is served. */
  bundle: z.string(),
  /** Id of the place. */
  place: z.string(),
  /** Files of kept frames, in their order. */
  frames: z.array(z.string()).check(z.maxLength(100_000)),
  /** The same of other places: what is something else here. */
  elsewhere: z.array(z.string()).check(z.maxLength(100_000)),
  /** Folder that `result.json` and `whole.bin` go to. */
  out: z.string(),
  threads: z.int().check(z.positive()),
})
export type LearnRequest = z.infer<typeof learnRequestSchema>

/** A partition that was learned of a place, and what it is worth there. */
export const learnedNetworkSchema = z.object({
  /** Of what the bundle had, its best. */
  before: judgementSchema,
  after: judgementSchema,
  frames: z.int().check(z.nonnegative()),
  whole: blobRefSchema,
  classIndices: z.array(z.int().check(z.nonnegative())),
  prior: z.array(z.number()),
  temperature: z.number().check(z.positive()),
  mostStrange: z.optional(z.number()),
  /** Partition that knows the place already, and that it takes the place of. */
  replaces: z.optional(z.string().check(z.regex(identifierPattern))),
  /** In which light the place is looked at where its pictures are strange as they are. */
  light: z.optional(lightSchema),
  /** How often each class of the bundle is seen there; sums to 1. */
  sceneShares: z.array(share),
})
export type LearnedNetwork = z.infer<typeof learnedNetworkSchema>

const seconds = z.number().check(z.nonnegative())

/** What came of it. */
export const learnResultSchema = z.discriminatedUnion('kind', [
  z.extend(learnedNetworkSchema, {
    kind: z.literal('gains'),
    seconds,
    /** What is seen there in its light, where it has one: as it is, it was taken for something else. */
    sight: z.optional(sightSchema),
  }),
  z.object({
    kind: z.literal('no-gain'),
    before: judgementSchema,
    after: judgementSchema,
    frames: z.int().check(z.nonnegative()),
    seconds,
  }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
])
export type LearnResult = z.infer<typeof learnResultSchema>

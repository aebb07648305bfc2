import * as z from 'zod/mini'
import { judgementSchema } from '../places/learn-result.ts'

/**
 * Sent with a frame only while the person has switched learning on: the edge may keep the frame. Its value
 * names the stream, so that the frames of two phones are told apart: letters and digits, drawn anew with each
 * start of the page.
 */
export const learnHeader = 'x-cachenet-learn'
export const learnStreamPattern = /^[0-9a-z]{1,32}$/

/**
 * Sent with a frame of a stream that is learned from: of the frames that it sent before this one, where this
 * device had been certain and had its answer checked, whether the full model says the same under the same
 * scene (1) or not (0), in their order. Only the device knows: the full model is not told the scene.
 */
export const checkedHeader = 'x-cachenet-checked'
/** So many at once. */
export const mostCheckedAtOnce = 16
export const checkedPattern = /^[01]{1,16}$/

/** Longest name that a person may give a place. */
export const longestPlaceName = 60
export const placeIdPattern = /^place-[1-9][0-9]{0,8}$/

const count = z.int().check(z.nonnegative())

export const placeStates = ['gathering', 'waiting', 'learning', 'learned', 'no-gain', 'failed'] as const
export type PlaceStage = (typeof placeStates)[number]

export const placeSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Kept frames, and their bytes on the edge's disk. */
  frames: count,
  bytes: count,
  stage: z.enum(placeStates),
  /** New frames that are missing until it is learned, or learned again. */
  framesMissing: count,
  /** What came of the last attempt, in a sentence. */
  message: z.optional(z.string()),
  /**
   * So often what was learned was found to part ways with the full model, and was made less certain, since it
   * was learned last. Absent for never, and from older edges.
   */
  drifts: z.optional(count),
  /** What is part of the bundle now. */
  learned: z.optional(
    z.object({
      partition: z.string(),
      at: z.iso.datetime(),
      /** Of its weights, which a phone fetches. */
      bytes: count,
      before: judgementSchema,
      after: judgementSchema,
    }),
  ),
})
export type LearnedPlaceView = z.infer<typeof placeSchema>

/** What an edge knows of places for one bundle. */
export const placeListSchema = z.object({
  /** Why nothing is learned although it is switched on, in a sentence. */
  trouble: z.optional(z.string()),
  places: z.array(placeSchema),
})
export type PlaceList = z.infer<typeof placeListSchema>

/** A file of a learned place that an edge takes has at most so many bytes. */
export const mostPlaceFileBytes = 16 * 2 ** 20

/** The id that a place has at the edge that took its file. */
export const importedPlaceSchema = z.object({ id: z.string().check(z.regex(placeIdPattern)) })

export const renamePlaceSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(longestPlaceName)),
})

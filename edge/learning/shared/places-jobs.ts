import { z } from 'zod'
import { identifierPattern } from '../../../core/bundle/identifier.ts'
import { mostPlacePictures } from '../../../core/wire/place-pictures.ts'
import { learnStreamPattern, mostCheckedAtOnce, placeIdPattern } from '../../../core/wire/places.ts'
import { frameFilePattern } from '../kept-frames.ts'

// What edges say to their keeper, and what it answers. Pictures are not in it: they lie in the shared folder.

/** Before every key of ours, in a Redis that others may use too. */
export const keyPrefix = 'cachenet'
/** The queue, and under which key the keeper holds its lease. */
export const queueName = 'places'
export const leaseKey = `${keyPrefix}:places-keeper`
/** Where an edge hears the answers to what it asked. */
export const answersOf = (edge: string): string => `${keyPrefix}:places-answers:${edge}`

/** Which folder the edge shares (`folderId`). */
const folder = z.uuid()
const bundle = z.string().regex(identifierPattern)
const sha256Pattern = /^[0-9a-f]{64}$/
const place = z.string().regex(placeIdPattern)

const requestSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('list'), bundle }),
  z.object({ method: z.literal('report'), bundle, place }),
  z.object({ method: z.literal('pictureFiles'), bundle, place }),
  z.object({ method: z.literal('rename'), bundle, place, name: z.string() }),
  z.object({ method: z.literal('forget'), bundle, place }),
  z.object({ method: z.literal('forgetAll'), bundle }),
  z.object({ method: z.literal('exportPlace'), bundle, place }),
  z.object({ method: z.literal('importPlace'), bundle, content: z.unknown() }),
  // Answered once all is done that was said before.
  z.object({ method: z.literal('settle') }),
])
export type PlacesRequest = z.infer<typeof requestSchema>

/** What the keeper answers to it: whoever asked reads them in the shared folder. */
export const pictureFilesSchema = z.array(z.string().regex(frameFilePattern)).max(mostPlacePictures)

export const placesJobSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('frame'),
    folder,
    bundle,
    fullSha256: z.string().regex(sha256Pattern),
    file: z.string().regex(frameFilePattern),
    stream: z.string().regex(learnStreamPattern),
    checked: z.array(z.boolean()).max(mostCheckedAtOnce).optional(),
    manifestSha256: z.string().regex(sha256Pattern).optional(),
  }),
  z.object({ kind: z.literal('request'), folder, id: z.uuid(), edge: z.uuid(), request: requestSchema }),
])
export type PlacesJob = z.infer<typeof placesJobSchema>

/** With what was asked for, or with the body of an error (`CacheNetError.fromBody`). */
export const placesAnswerSchema = z.object({
  id: z.uuid(),
  value: z.unknown().optional(),
  failure: z.unknown().optional(),
})
export type PlacesAnswer = z.infer<typeof placesAnswerSchema>

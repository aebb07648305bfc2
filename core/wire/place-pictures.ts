import * as z from 'zod/mini'

/** So many pictures of a place at most are shown. */
export const mostPlacePictures = 6

/** Frames that an edge keeps of a place, the oldest first. Nobody is sent them who does not ask for them. */
export const placePicturesSchema = z.object({
  pictures: z
    .array(
      z.object({
        /** When the edge answered it. */
        at: z.iso.datetime(),
        /** A PNG of the size that the small networks read, in base64. */
        png: z.base64(),
      }),
    )
    .check(z.maxLength(mostPlacePictures)),
})
export type PlacePicture = z.infer<typeof placePicturesSchema>['pictures'][number]

import * as z from 'zod/mini'

/** A picture of a class is for recognising, in a line of a list: it costs no more than this. */
export const mostPictureBytes = 2048

/**
 * Of each class, in the order of the classes, how many bytes of the blob its picture is: WebP files, one
 * behind the other.
 */
export const pictureLengthsSchema = z.array(z.int().check(z.positive(), z.maximum(mostPictureBytes)))

export interface ClassPictures {
  /** WebP files, one behind the other. */
  readonly blob: Uint8Array<ArrayBuffer>
  /** Bytes of each. */
  readonly lengths: readonly number[]
}

/** Puts the pictures of all classes, in the order of the classes, into one blob. */
export function joinPictures(pictures: readonly Uint8Array[]): ClassPictures {
  const lengths = pictures.map(({ byteLength }) => byteLength)
  const blob = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let offset = 0
  for (const picture of pictures) {
    blob.set(picture, offset)
    offset += picture.byteLength
  }
  return { blob, lengths }
}

/** The pictures again, in the order of the classes: views of the blob. */
export function splitPictures({ blob, lengths }: ClassPictures): Uint8Array<ArrayBuffer>[] {
  let offset = 0
  return lengths.map((length) => blob.subarray(offset, (offset += length)))
}

import sharp, { type Sharp } from 'sharp'
import { decodePicture } from '../../core/image/decode-picture.ts'

/** Of the largest photographs; what is larger still is brought down first. */
const mostPixelsRead = 2 ** 25

/**
 * The pixels of an image file at the size of the networks' input, RGB. Rejects with what the decoder says of
 * a broken one.
 */
export const readFilePixels = (path: string, size: number): Promise<Uint8Array<ArrayBuffer>> => {
  const open = (): Sharp => sharp(path, { failOn: 'error' })
  return decodePicture(open, { width: size, height: size }, mostPixelsRead)
}

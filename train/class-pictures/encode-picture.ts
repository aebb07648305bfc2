import sharp from 'sharp'
import { mostPictureBytes } from '../../core/bundle/class-pictures.ts'

/** Pixels along a side, at most: an icon of 32 on a screen of two pixels a point. */
export const pictureSize = 64

/** From the best on: the first that is small enough. 16 pixels at the last fit, whatever they show. */
const attempts = [
  [pictureSize, 80],
  [pictureSize, 55],
  [pictureSize, 30],
  [pictureSize / 2, 50],
  [pictureSize / 2, 10],
  [pictureSize / 4, 10],
] as const

/**
 * An image as a WebP file of at most `mostPictureBytes`, and no larger than it is.
 *
 * @param pixels RGB, [size, size, 3]
 */
export async function encodePicture(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  // A copy: pixels of a data set lie in shared memory, which sharp does not read.
  const image = sharp(Uint8Array.from(pixels), { raw: { width: size, height: size, channels: 3 } })
  let file = new Uint8Array(0)
  for (const [side, quality] of attempts) {
    file = await image
      .clone()
      .resize(side, side, { withoutEnlargement: true })
      .webp({ quality, effort: 6 })
      .toBuffer()
    if (file.byteLength <= mostPictureBytes) break
  }
  return file
}

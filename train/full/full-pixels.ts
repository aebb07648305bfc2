import { mirrorRgb } from '../../core/image/mirror.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { Split } from '../data/dataset.ts'

/**
 * The pixels of an image at the size that a full model reads, RGB. Throws `dataset-invalid` where the data
 * has no pictures but those of the device's size.
 *
 * @param deviceSize side of the images in the split
 */
export async function fullPixels(
  split: Split,
  deviceSize: number,
  image: number,
  size: number,
  isMirrored = false,
): Promise<Uint8Array> {
  const bytes = deviceSize ** 2 * 3
  const read = (): Promise<Uint8Array> | Uint8Array => {
    if (size === deviceSize) return split.pixels.subarray(image * bytes, (image + 1) * bytes)
    if (split.readAt !== undefined) return split.readAt(image, size)
    throw new CacheNetError(
      'dataset-invalid',
      `The full model reads pictures of ${size} pixels, and these data have none but those of ${deviceSize}. Train on a folder of image files.`,
      { size, deviceSize },
    )
  }
  const pixels = await read()
  return isMirrored ? mirrorRgb(pixels, size) : pixels
}

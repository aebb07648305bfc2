import type { PixelSize } from './pixel-size.ts'

export interface Crop extends PixelSize {
  readonly left: number
  readonly top: number
}

/**
 * The largest part in the middle of an upright image that has the model's aspect, in whole pixels of that
 * image.
 */
export function centreCrop(image: PixelSize, input: PixelSize): Crop {
  const aspect = input.width / input.height
  const width = Math.max(1, Math.min(image.width, Math.round(image.height * aspect)))
  const height = Math.max(1, Math.min(image.height, Math.round(image.width / aspect)))
  return {
    left: Math.floor((image.width - width) / 2),
    top: Math.floor((image.height - height) / 2),
    width,
    height,
  }
}

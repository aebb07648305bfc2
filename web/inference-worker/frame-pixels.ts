import { AreaAverage } from '../../core/image/area-average.ts'
import { centreCrop, type Crop } from '../../core/image/centre-crop.ts'
import type { PixelSize } from '../../core/image/pixel-size.ts'
import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { isRawImage, type FrameImage } from '../messages/inference.ts'

/**
 * Of a large image so many pixels are read back from the canvas at a time: 2 MB, whatever the image's size.
 */
const stripPixels = 2 ** 19

function contextOf({ width, height }: PixelSize): OffscreenCanvasRenderingContext2D {
  // Read back at once, so the canvas had better stay in main memory. It is opaque: what is transparent lies
  // on black.
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
    colorSpace: 'srgb',
    alpha: false,
  })
  if (context === null)
    throw new CacheNetError('engine-failed', 'This browser gives the worker no canvas to read pixels with.')
  return context
}

/**
 * Makes frames of any size into RGB bytes at the model's input size. Keeps its canvas from frame to frame.
 */
export class FramePixels {
  readonly #input: PixelSize
  readonly #keepsBitmaps: boolean
  #context: OffscreenCanvasRenderingContext2D | undefined

  /** @param keepsBitmaps where it is not a copy that arrives: whoever handed a bitmap over closes it */
  constructor(input: PixelSize, keepsBitmaps = false) {
    this.#input = input
    this.#keepsBitmaps = keepsBitmaps
  }

  /**
   * Crops the middle to the model's aspect, averages areas to the model's size. An image that already has
   * that size keeps its exact pixels. A bitmap is closed, but where they are kept.
   *
   * @returns RGB, row by row, `frameBytes(input)` long
   */
  read(image: FrameImage): Uint8Array<ArrayBuffer> {
    if (isRawImage(image)) return this.#readRaw(image.rgba, image)
    try {
      return this.#readBitmap(image)
    } finally {
      if (!this.#keepsBitmaps) image.close()
    }
  }

  #readRaw(rgba: Uint8ClampedArray, size: PixelSize): Uint8Array<ArrayBuffer> {
    this.#requireWhole(rgba, size)
    const rgb = rgbaToRgb(rgba)
    const crop = centreCrop(size, this.#input)
    if (this.#isInputSize(crop) && this.#isInputSize(size)) return rgb
    const average = new AreaAverage(crop, this.#input)
    average.add(rgb, 3, crop.height, (crop.top * size.width + crop.left) * 3, size.width * 3)
    return average.finish()
  }

  #readBitmap(bitmap: ImageBitmap): Uint8Array<ArrayBuffer> {
    const crop = centreCrop(bitmap, this.#input)
    const rows = Math.min(crop.height, Math.max(1, Math.floor(stripPixels / crop.width)))
    const context = this.#contextOf({ width: crop.width, height: rows })
    // What has the model's size already is not averaged: small images, and cameras' own small pictures.
    if (this.#isInputSize(crop)) return rgbaToRgb(readRows(context, bitmap, crop, 0, rows))
    const average = new AreaAverage(crop, this.#input)
    for (let row = 0; row < crop.height; row += rows) {
      const count = Math.min(rows, crop.height - row)
      average.add(readRows(context, bitmap, crop, row, count), 4, count, 0, crop.width * 4)
    }
    return average.finish()
  }

  #isInputSize({ width, height }: PixelSize): boolean {
    return width === this.#input.width && height === this.#input.height
  }

  /** The one canvas; made anew where a source changes its size. */
  #contextOf(size: PixelSize): OffscreenCanvasRenderingContext2D {
    const known = this.#context
    if (known?.canvas.width === size.width && known.canvas.height === size.height) return known
    this.#context = contextOf(size)
    return this.#context
  }

  #requireWhole(rgba: Uint8ClampedArray, { width, height }: PixelSize): void {
    if (rgba.length !== width * height * 4) {
      throw new CacheNetError('frame-size-wrong', 'A frame has another count of bytes than its size says.', {
        width,
        height,
        bytes: rgba.length,
      })
    }
  }
}

/** RGBA of some rows of a crop, drawn onto black. */
function readRows(
  context: OffscreenCanvasRenderingContext2D,
  bitmap: ImageBitmap,
  crop: Crop,
  row: number,
  count: number,
): Uint8ClampedArray {
  context.clearRect(0, 0, crop.width, count)
  context.drawImage(bitmap, -crop.left, -crop.top - row)
  return context.getImageData(0, 0, crop.width, count).data
}

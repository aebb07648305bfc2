import type { ModelInput } from '../../core/bundle/manifest.ts'
import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { isRawImage, type FrameImage } from '../messages/inference.ts'
import { areaAverage, type PixelSize } from './area-average.ts'

/** Sides beyond this many times the model's are halved by the canvas first: reading twelve megapixels takes too long. */
const maxRatio = 16

/** The largest part in the middle of an image that has the model's aspect, in whole pixels. */
export function centreCrop(image: PixelSize, input: PixelSize): PixelSize & { readonly left: number; readonly top: number } {
  const aspect = input.width / input.height
  const width = Math.max(1, Math.min(image.width, Math.round(image.height * aspect)))
  const height = Math.max(1, Math.min(image.height, Math.round(image.width / aspect)))
  return { left: Math.floor((image.width - width) / 2), top: Math.floor((image.height - height) / 2), width, height }
}

function contextOf({ width, height }: PixelSize): OffscreenCanvasRenderingContext2D {
  // Read back at once, so the canvas had better stay in main memory.
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })
  if (context === null) throw new CacheNetError('engine-failed', 'This browser gives the worker no canvas to read pixels with.')
  context.imageSmoothingQuality = 'high'
  return context
}

/** Makes frames of any size into RGB bytes at the model's input size. Keeps its canvases from frame to frame. */
export class FramePixels {
  readonly #input: ModelInput
  readonly #keepsBitmaps: boolean
  readonly #contexts = new Map<string, OffscreenCanvasRenderingContext2D>()

  /** @param keepsBitmaps where it is not a copy that arrives: whoever handed a bitmap over closes it */
  constructor(input: ModelInput, keepsBitmaps = false) {
    this.#input = input
    this.#keepsBitmaps = keepsBitmaps
  }

  /**
   * Crops the middle to the model's aspect, averages areas down to the model's size. An image that already has that size keeps
   * its exact pixels. A bitmap is closed, but where they are kept.
   *
   * @returns RGB, row by row, `frameBytes(input)` long
   */
  read(image: FrameImage): Uint8Array<ArrayBuffer> {
    if (isRawImage(image)) {
      this.#requireWhole(image.rgba, image)
      if (image.width === this.#input.width && image.height === this.#input.height) return rgbaToRgb(image.rgba)
      const context = this.#context('raw', image)
      context.putImageData(new ImageData(image.rgba, image.width, image.height), 0, 0)
      return this.#scale(context.canvas, image)
    }
    try {
      return this.#scale(image, image)
    } finally {
      if (!this.#keepsBitmaps) image.close()
    }
  }

  #scale(source: CanvasImageSource, size: PixelSize): Uint8Array<ArrayBuffer> {
    const input = this.#input
    const crop = centreCrop(size, input)
    let context = this.#context('crop', crop)
    context.drawImage(source, -crop.left, -crop.top)
    let { width, height } = crop
    while (width > maxRatio * input.width || height > maxRatio * input.height) {
      const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) }
      const smaller = this.#context(`half ${half.width}`, half)
      smaller.drawImage(context.canvas, 0, 0, half.width, half.height)
      context = smaller
      ;({ width, height } = half)
    }
    const { data } = context.getImageData(0, 0, width, height)
    // What has the model's size already is not averaged: small images, and cameras' own small pictures.
    return width === input.width && height === input.height ? rgbaToRgb(data) : areaAverage(data, { width, height }, input)
  }

  /** One canvas for each step; made anew where a source changes its size, so that old sizes do not pile up. */
  #context(step: string, size: PixelSize): OffscreenCanvasRenderingContext2D {
    const known = this.#contexts.get(step)
    if (known?.canvas.width === size.width && known.canvas.height === size.height) {
      known.clearRect(0, 0, size.width, size.height)
      return known
    }
    if (this.#contexts.size > 8) this.#contexts.clear()
    const context = contextOf(size)
    this.#contexts.set(step, context)
    return context
  }

  #requireWhole(rgba: Uint8ClampedArray, { width, height }: PixelSize): void {
    if (rgba.length !== width * height * 4) {
      throw new CacheNetError('frame-size-wrong', 'A frame has another count of bytes than its size says.', { width, height, bytes: rgba.length })
    }
  }
}

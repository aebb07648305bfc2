import { describe, expect, it } from 'vitest'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { areaAverage } from '../../core/image/area-average.ts'
import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { createRandom } from '../../core/random.ts'
import { FramePixels } from './frame-pixels.ts'

const input: ModelInput = { width: 16, height: 16, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] }

function noise(width: number, height: number, seed = 1): Uint8ClampedArray<ArrayBuffer> {
  const random = createRandom(seed)
  return Uint8ClampedArray.from({ length: width * height * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : random.integer(256),
  )
}

const bitmapOf = (
  rgba: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
): Promise<ImageBitmap> =>
  createImageBitmap(new ImageData(rgba, width, height), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  })

describe('FramePixels', () => {
  it('keeps the exact pixels of a bitmap and of a raw image that already have the model’s size', async () => {
    const rgba = noise(16, 16)
    const pixels = new FramePixels(input)
    expect(pixels.read(await bitmapOf(rgba, 16, 16))).toEqual(rgbaToRgb(rgba))
    expect(pixels.read({ width: 16, height: 16, rgba })).toEqual(rgbaToRgb(rgba))
  })

  it('averages the areas of the middle of a larger image', async () => {
    const rgba = noise(100, 64, 2)
    const middle = new Uint8ClampedArray(64 * 64 * 4)
    for (let y = 0; y < 64; y++)
      middle.set(rgba.subarray((y * 100 + 18) * 4, (y * 100 + 18 + 64) * 4), y * 64 * 4)
    const expected = areaAverage(middle, 4, { width: 64, height: 64 }, input)
    const pixels = new FramePixels(input)
    expect(pixels.read(await bitmapOf(rgba, 100, 64))).toEqual(expected)
    expect(pixels.read({ width: 100, height: 64, rgba })).toEqual(expected)
  })

  it('does not let one frame shine through the next of the same size', async () => {
    const pixels = new FramePixels(input)
    pixels.read(await bitmapOf(noise(64, 64, 3), 64, 64))
    const dark = new Uint8ClampedArray(64 * 64 * 4)
    expect(Math.max(...pixels.read(await bitmapOf(dark, 64, 64)))).toBe(0)
  })

  it('does not alias where an image is a hundred times larger', () => {
    const canvas = new OffscreenCanvas(2000, 1500)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    context.fillStyle = '#fff'
    context.fillRect(0, 0, 2000, 1500)
    context.fillStyle = '#000'
    for (let x = 0; x < 2000; x += 2) context.fillRect(x, 0, 1, 1500)
    const rgb = new FramePixels(input).read(canvas.transferToImageBitmap())
    for (const value of rgb) expect(Math.abs(value - 127.5)).toBeLessThan(3)
  })

  it('reads a large image in strips, to the same pixels as at once', async () => {
    const [width, height] = [1500, 1401]
    const rgba = noise(width, height, 5)
    const pixels = new FramePixels(input)
    expect(pixels.read(await bitmapOf(rgba, width, height))).toEqual(pixels.read({ width, height, rgba }))
  })

  it('puts what is transparent on black', async () => {
    const rgba = Uint8ClampedArray.from(
      { length: 40 * 40 * 4 },
      (_, index) => [200, 100, 60, 128][index % 4] ?? 0,
    )
    const bitmap = await createImageBitmap(new ImageData(rgba, 40, 40))
    const pixels = new FramePixels(input)
    for (const rgb of [pixels.read(bitmap), pixels.read({ width: 40, height: 40, rgba })]) {
      expect(
        [...rgb.subarray(0, 3)].map((value, channel) => Math.abs(value - ([100, 50, 30][channel] ?? 0)) <= 1),
      ).toEqual([true, true, true])
    }
  })

  it('closes the bitmap, and refuses bytes that do not fit their size', async () => {
    const bitmap = await bitmapOf(noise(16, 16), 16, 16)
    const pixels = new FramePixels(input)
    pixels.read(bitmap)
    expect(bitmap.width).toBe(0)
    expect(() => pixels.read({ width: 16, height: 16, rgba: new Uint8ClampedArray(12) })).toThrow(
      expect.objectContaining({ code: 'frame-size-wrong' }),
    )
  })
})

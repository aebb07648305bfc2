import { describe, expect, it } from 'vitest'
import { areaAverage } from '../../core/image/area-average.ts'
import { encodePicture, isLosslessWebp, pictureSize } from './edge-picture.ts'
import { LastFrame } from './last-frame.ts'

/** A ramp from black to red, and from black to green downwards. */
function ramp(width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rgba.set([(x * 255) / (width - 1), (y * 255) / (height - 1), 90], (y * width + x) * 4)
  return rgba
}

async function decoded(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<ImageData> {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }))
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
  if (context === null) throw new Error('no canvas')
  context.drawImage(bitmap, 0, 0)
  return context.getImageData(0, 0, bitmap.width, bitmap.height)
}

const edgeInput = { width: 64, height: 64 }

describe('the picture of a frame for the edge', () => {
  it('is the middle of the frame at the size of the full model, and never larger than the frame', () => {
    expect(pictureSize({ width: 640, height: 480 }, edgeInput)).toEqual(edgeInput)
    expect(pictureSize({ width: 50, height: 40 }, edgeInput)).toEqual({ width: 40, height: 40 })
  })

  it('holds what the frame shows, without a loss, in fewer bytes', async () => {
    const image = { width: 128, height: 128, rgba: ramp(128, 128) }
    const { type, bytes } = await encodePicture(image, edgeInput)
    expect(type).toBe('image/webp')
    expect(isLosslessWebp(bytes)).toBe(true)
    expect(bytes.byteLength).toBeLessThan((64 * 64 * 3) / 2)
    const { data, width, height } = await decoded(bytes, type)
    expect([width, height]).toEqual([64, 64])
    // Not one value is lost: what comes out are the areas that went in, averaged.
    const wanted = areaAverage(image.rgba, 4, image, edgeInput)
    const found = wanted.map((_, index) => data[Math.floor(index / 3) * 4 + (index % 3)] ?? 0)
    expect(found).toEqual(wanted)
  })

  it('knows a WebP with losses, and what is none', async () => {
    const canvas = new OffscreenCanvas(16, 16)
    canvas.getContext('2d')?.fillRect(2, 2, 9, 9)
    const written = async (type: string, quality: number): Promise<Uint8Array> =>
      new Uint8Array(await (await canvas.convertToBlob({ type, quality })).arrayBuffer())
    expect(isLosslessWebp(await written('image/webp', 0.9))).toBe(false)
    expect(isLosslessWebp(await written('image/png', 1))).toBe(false)
    expect(isLosslessWebp(new Uint8Array(3))).toBe(false)
  })

  it('is of the last frame alone, whose bitmap stays open until the next one comes', async () => {
    const last = new LastFrame(edgeInput, true)
    const bitmap = await createImageBitmap(new ImageData(ramp(80, 80), 80, 80))
    const number = last.keep(bitmap)
    expect((await last.picture(number)).bytes.byteLength).toBeGreaterThan(0)
    expect(bitmap.width).toBe(80)
    const next = last.keep({ width: 8, height: 8, rgba: ramp(8, 8) })
    // A closed bitmap has no size.
    expect(bitmap.width).toBe(0)
    await expect(last.picture(number)).rejects.toMatchObject({ code: 'frame-empty' })
    expect((await last.picture(next)).type).toBe('image/webp')
    last.forget()
    await expect(last.picture(next)).rejects.toMatchObject({ code: 'frame-empty' })
  })
})

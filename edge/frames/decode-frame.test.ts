import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { createRandom } from '../../core/random.ts'
import { decodeFrame } from './decode-frame.ts'

const input: ModelInput = { width: 16, height: 12, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] }

const plain = (width: number, height: number, colour: string): Sharp =>
  sharp({ create: { width, height, channels: 4, background: colour } })

/** Noise, so that a file is long enough to be cut in the middle of its pixels. */
function noise(width: number, height: number): Sharp {
  const random = createRandom(1)
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256))
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

const formats = ['jpeg', 'png', 'webp'] as const

describe('decodeFrame', () => {
  it('takes raw bytes as they are', async () => {
    const body = Uint8Array.from({ length: 16 * 12 * 3 }, (_, index) => index % 251)
    expect(await decodeFrame(body, 'application/octet-stream', input)).toEqual(body)
    expect(await decodeFrame(body, 'Application/Octet-Stream; x=1', input)).toEqual(body)
  })

  it.each(formats)('scales %s to the input of the model', async (format) => {
    const body = await plain(320, 240, '#c86432').toFormat(format).toBuffer()
    const rgb = await decodeFrame(body, `image/${format}`, input)
    expect(rgb).toHaveLength(16 * 12 * 3)
    for (let index = 0; index < rgb.length; index++) {
      expect(Math.abs((rgb[index] ?? 0) - ([200, 100, 50][index % 3] ?? 0))).toBeLessThan(6)
    }
  })

  it('crops the middle of an image of another shape', async () => {
    const left = await plain(100, 120, '#ff0000').png().toBuffer()
    const body = await plain(400, 120, '#00ff00')
      .composite([{ input: left, left: 0, top: 0 }])
      .png()
      .toBuffer()
    const rgb = await decodeFrame(body, 'image/png', input)
    for (let index = 0; index < rgb.length; index += 3) {
      expect(rgb[index]).toBeLessThan(8)
      expect(rgb[index + 1]).toBeGreaterThan(247)
    }
  })

  it('gives three channels for grey, for 16 bits and for CMYK', async () => {
    const grey = await plain(40, 40, '#808080').greyscale().png().toBuffer()
    const deep = await plain(40, 40, '#808080').toColourspace('rgb16').png().toBuffer()
    const cmyk = await plain(40, 40, '#808080').flatten().toColourspace('cmyk').jpeg().toBuffer()
    // Inks without a profile are taken as browsers take them: somewhat darker than a press would print them.
    for (const [body, type, value] of [
      [grey, 'png', 128],
      [deep, 'png', 128],
      [cmyk, 'jpeg', 102],
    ] as const) {
      const rgb = await decodeFrame(body, `image/${type}`, input)
      expect(rgb).toHaveLength(16 * 12 * 3)
      expect(Math.abs((rgb[0] ?? 0) - value)).toBeLessThan(4)
    }
  })

  it('puts transparency on black, and half of it half way', async () => {
    const body = await plain(40, 40, 'rgba(255, 255, 255, 0)').png().toBuffer()
    expect(Math.max(...(await decodeFrame(body, 'image/png', input)))).toBe(0)
    const half = await plain(40, 40, 'rgba(200, 100, 50, 0.5)').png().toBuffer()
    expect(
      [...(await decodeFrame(half, 'image/png', input)).subarray(0, 3)].map(
        (value, channel) => Math.abs(value - ([100, 50, 25][channel] ?? 0)) < 2,
      ),
    ).toEqual([true, true, true])
  })

  it('gives an image of the model’s own size pixel by pixel', async () => {
    const pixels = await noise(16, 12).raw().toBuffer()
    expect(
      Buffer.from(await decodeFrame(await noise(16, 12).png().toBuffer(), 'image/png', input)).equals(pixels),
    ).toBe(true)
    const jpeg = await noise(16, 12).jpeg().toBuffer()
    const decoded = await sharp(jpeg)
      .removeAlpha()
      .toColourspace('srgb')
      .resize(16, 12, { fit: 'cover' })
      .raw()
      .toBuffer()
    expect(Buffer.from(await decodeFrame(jpeg, 'image/jpeg', input)).equals(decoded)).toBe(true)
  })

  it('averages areas, also of an image that is too large to be read at once', async () => {
    const [width, height] = [1900, 1300]
    const stripes = Uint8Array.from({ length: width * height * 3 }, (_, index) =>
      Math.floor(index / 3) % 2 === 0 ? 255 : 0,
    )
    const body = await sharp(stripes, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer()
    for (const value of await decodeFrame(body, 'image/png', input))
      expect(Math.abs(value - 127.5)).toBeLessThan(2)
  })

  it.each(['image/jpg', 'image/pjpeg; q=1'])('takes %s for JPEG', async (type) => {
    expect(await decodeFrame(await plain(40, 40, '#888').jpeg().toBuffer(), type, input)).toHaveLength(576)
  })

  it('names HEIC, and says what to do', async () => {
    const heic = new TextEncoder().encode('\0\0\0\u0018ftypheic\0\0\0\0mif1heic')
    const message = expect.stringMatching(/HEIC.*Save it as JPEG/) as string
    await expect(decodeFrame(heic, 'image/heic', input)).rejects.toMatchObject({
      code: 'frame-type-unsupported',
      message,
    })
    await expect(decodeFrame(heic, 'image/jpeg', input)).rejects.toMatchObject({
      code: 'frame-not-an-image',
      message,
    })
  })

  it('turns a photo upright as its EXIF says', async () => {
    const top = await plain(120, 45, '#0000ff').png().toBuffer()
    const upright = await plain(120, 90, '#ffff00')
      .composite([{ input: top, left: 0, top: 0 }])
      .png()
      .toBuffer()
    const body = await sharp(upright)
      .rotate(90)
      .withMetadata({ orientation: 8 })
      .jpeg({ quality: 95 })
      .toBuffer()
    const rgb = await decodeFrame(body, 'image/jpeg', input)
    expect([rgb[0], rgb[1], rgb[2]].map((value) => (value ?? 0) > 128)).toEqual([false, false, true])
    expect([...rgb.subarray(-3)].map((value) => value > 128)).toEqual([true, true, false])
  })

  it('refuses an empty body', async () => {
    for (const type of ['application/octet-stream', 'image/png']) {
      await expect(decodeFrame(new Uint8Array(), type, input)).rejects.toMatchObject({ code: 'frame-empty' })
    }
  })

  it.each([16 * 12 * 3 - 1, 16 * 12 * 3 + 1, 16 * 12 * 4])(
    'refuses a raw frame of %d bytes',
    async (size) => {
      const refused = decodeFrame(new Uint8Array(size), 'application/octet-stream', input)
      await expect(refused).rejects.toMatchObject({
        code: 'frame-size-wrong',
        details: { expectedBytes: 576, foundBytes: size },
      })
    },
  )

  it.each([undefined, '', 'text/plain', 'image/gif', 'multipart/form-data; boundary=x'])(
    'refuses the type %s',
    async (type) => {
      await expect(decodeFrame(new Uint8Array(576), type, input)).rejects.toMatchObject({
        code: 'frame-type-unsupported',
      })
    },
  )

  it('refuses what is no image, and images of other formats, under whatever name', async () => {
    const gif = await plain(20, 20, '#fff').gif().toBuffer()
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    for (const body of [gif, svg, new TextEncoder().encode('no image'), new Uint8Array(4)]) {
      await expect(decodeFrame(body, 'image/png', input)).rejects.toMatchObject({
        code: 'frame-not-an-image',
      })
    }
  })

  it.each(formats)('refuses %s that ends early, wherever', async (format) => {
    const body = await noise(200, 150).toFormat(format).toBuffer()
    for (const part of [0.02, 0.5, 0.9]) {
      const cut = body.subarray(0, Math.max(16, Math.floor(body.length * part)))
      await expect(decodeFrame(cut, `image/${format}`, input)).rejects.toMatchObject({
        code: 'frame-damaged',
      })
    }
  })

  it('refuses an image that unfolds to too many pixels', async () => {
    const body = await plain(5000, 5000, '#000').png().toBuffer()
    expect(body.length).toBeLessThan(1_000_000)
    await expect(decodeFrame(body, 'image/png', input)).rejects.toMatchObject({
      code: 'frame-too-large',
      details: { width: 5000 },
    })
  })
})

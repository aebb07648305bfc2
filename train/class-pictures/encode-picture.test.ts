import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { mostPictureBytes } from '../../core/bundle/class-pictures.ts'
import { createRandom } from '../../core/random.ts'
import { encodePicture } from './encode-picture.ts'

const squareOf = (size: number, value: (index: number) => number): Uint8Array =>
  new Uint8Array(new SharedArrayBuffer(size * size * 3)).map((_, index) => value(index))

describe('a picture of a class', () => {
  it('is small whatever it shows', async () => {
    const random = createRandom(1)
    for (const size of [16, 64, 128]) {
      const file = await encodePicture(
        squareOf(size, () => random.next() * 256),
        size,
      )
      expect(file.byteLength).toBeLessThanOrEqual(mostPictureBytes)
      expect((await sharp(file).metadata()).format).toBe('webp')
    }
  })

  it('is no larger than its image, and no larger than is shown', async () => {
    const widthOf = async (size: number): Promise<number | undefined> =>
      (
        await sharp(
          await encodePicture(
            squareOf(size, (index) => index % 200),
            size,
          ),
        ).metadata()
      ).width
    expect(await widthOf(32)).toBe(32)
    expect(await widthOf(128)).toBe(64)
  })

  it('shows what its image shows', async () => {
    const red = squareOf(32, (index) => (index % 3 === 0 ? 200 : 20))
    const { data } = await sharp(await encodePicture(red, 32))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(Math.abs((data[0] ?? 0) - 200)).toBeLessThan(12)
    expect(Math.abs((data[1] ?? 0) - 20)).toBeLessThan(12)
  })
})

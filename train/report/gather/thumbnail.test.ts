import sharp from 'sharp'
import { expect, it } from 'vitest'
import { thumbnail } from './thumbnail.ts'

it('keeps every pixel', async () => {
  const pixels = new Uint8Array(new SharedArrayBuffer(8 * 8 * 3)).map((_, index) => (index * 7) % 256)
  const uri = await thumbnail(pixels, 8)
  expect(uri).toMatch(/^data:image\/png;base64,/)
  const { data, info } = await sharp(Buffer.from(uri.split(',')[1]!, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([info.width, info.height, info.channels]).toEqual([8, 8, 3])
  expect([...data]).toEqual([...pixels])
})

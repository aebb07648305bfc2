import sharp from 'sharp'

/**
 * An image as a PNG in a data URI.
 *
 * @param pixels RGB, [size, size, 3]
 */
export async function thumbnail(pixels: Uint8Array, size: number): Promise<string> {
  // A copy: pixels of a data set lie in shared memory, which sharp does not read.
  const png = await sharp(Uint8Array.from(pixels), { raw: { width: size, height: size, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer()
  return `data:image/png;base64,${png.toString('base64')}`
}

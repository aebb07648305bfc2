import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { createRandom } from '../../core/random.ts'
import { sampleClasses } from '../../onnx/testing/sample-models.ts'

/** Photographs of nothing: noise in which one channel is the strongest, which is the class. */
export async function writeColourPictures(
  folder: string,
  { images, size }: { readonly images: number; readonly size: number },
): Promise<void> {
  const random = createRandom('colours')
  for (const [channel, name] of sampleClasses.entries()) {
    await mkdir(join(folder, name), { recursive: true })
    for (let image = 0; image < images; image++) {
      const raw = Uint8Array.from({ length: size * size * 3 }, (_, index) => {
        const middle = index % 3 === channel ? 190 : 65
        return middle + (random.next() - 0.5) * 120
      })
      await sharp(raw, { raw: { width: size, height: size, channels: 3 } })
        .png()
        .toFile(join(folder, name, `${String(image).padStart(3, '0')}.png`))
    }
  }
}

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { loadFolder } from '../../train/data/folder.ts'
import { heldOut } from './held-out.ts'
import { listImages } from './list-images.ts'

it('is what training puts aside for its test, image by image', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  const counts = { ants: 4, bees: 10, cats: 25 }
  let grey = 0
  for (const [name, count] of Object.entries(counts)) {
    await mkdir(join(folder, 'data', name), { recursive: true })
    // Each of a grey of its own, by which it is known again.
    for (let image = 0; image < count; image++, grey++)
      await sharp({
        create: { width: 16, height: 16, channels: 3, background: { r: 5 * grey, g: 5 * grey, b: 5 * grey } },
      })
        .png()
        .toFile(join(folder, 'data', name, `${image}.png`))
  }
  const { test, classNames } = await loadFolder(
    join(folder, 'data'),
    { size: 16, validationShare: 0.1, cacheFolder: join(folder, 'cache') },
    () => undefined,
  )
  const { images } = await listImages(join(folder, 'data'), classNames)
  const greys = await Promise.all(
    heldOut(images).map(async ({ path }) => (await sharp(path).raw().toBuffer())[0]),
  )
  expect(greys).toEqual(Array.from(test.labels, (_, image) => test.pixels[image * 16 * 16 * 3]))
  expect(greys).toHaveLength(4)
})

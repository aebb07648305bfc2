import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { recalibrateBundle } from '../recalibrate-bundle.ts'
import { openBundle } from './open-bundle.ts'
import { Progress } from './progress.ts'

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
const progress = new Progress({ isTTY: false, write: () => true })
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-open-'))
  // Decoded images are kept at home.
  vi.stubEnv('HOME', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  return rm(folder, { recursive: true })
})

/** A few images of one colour a class, in folders called like this. */
async function paint(names: readonly string[]): Promise<string> {
  for (const [index, name] of names.entries()) {
    await mkdir(join(folder, 'data/train', name), { recursive: true })
    for (let image = 0; image < 3; image++) {
      await sharp({
        create: { width: 8, height: 8, channels: 3, background: { r: index * 20, g: image, b: 0 } },
      })
        .png()
        .toFile(join(folder, 'data/train', name, `${image}.png`))
    }
  }
  return join(folder, 'data')
}

type Scenes = { readonly places: readonly object[] }

/** The released bundle, as if it had been trained on images with this digest, or any; in these places. */
async function bundleOf(digest?: string, places?: readonly object[]): Promise<string> {
  const copy = join(folder, 'bundle')
  await cp('public/bundles/cifar10', copy, { recursive: true })
  const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as {
    dataset: object
    scenes: Scenes
  }
  const { dataset, scenes } = manifest
  await writeFile(
    join(copy, 'manifest.json'),
    JSON.stringify({
      ...manifest,
      dataset: { ...dataset, digest },
      scenes: { ...scenes, places: places ?? scenes.places },
    }),
  )
  return copy
}

it('opens a bundle that does not know its data with any of the same classes', async () => {
  expect(
    (await openBundle(await bundleOf(), await paint(classNames), progress)).context.dataset.classNames,
  ).toEqual(classNames)
})

it('refuses data whose classes sort differently, names them, and leaves the bundle as it is', async () => {
  const data = await paint(classNames.map((name) => (name === 'cat' ? 'zebra' : name)))
  const bundle = await bundleOf('0'.repeat(64))
  const before = await readFile(join(bundle, 'manifest.json'), 'utf8')
  const message = expect.stringContaining('class 4 was “cat” and is “deer”') as string
  await expect(
    recalibrateBundle({ bundle, out: bundle, data, assignments: [], command: '', progress }),
  ).rejects.toMatchObject({ code: 'dataset-invalid', message })
  expect(await readFile(join(bundle, 'manifest.json'), 'utf8')).toBe(before)
})

it('takes the images that a bundle was trained on, and no others', async () => {
  const data = await paint(classNames)
  const { digest } = (await openBundle(await bundleOf(), data, progress)).context.dataset
  await expect(openBundle(await bundleOf(digest), data, progress)).resolves.toBeDefined()
  await rm(join(data, 'train/frog/1.png'))
  const message = expect.stringMatching(/not the data that the bundle.*digest/) as string
  await expect(openBundle(join(folder, 'bundle'), data, progress)).rejects.toMatchObject({
    code: 'dataset-invalid',
    message,
  })
})

it('refuses data that are seen together in other ways, by the names of the places', async () => {
  const data = await paint(classNames)
  const { digest } = (await openBundle(await bundleOf(), data, progress)).context.dataset
  const shares = classNames.map((name) => (name === 'cat' ? 0.75 : name === 'dog' ? 0.25 : 0))
  const bundle = await bundleOf(digest, [{ name: 'kitchen', weight: 4, shares }])
  await expect(openBundle(bundle, data, progress)).rejects.toMatchObject({
    code: 'dataset-invalid',
    message: expect.stringContaining('then “kitchen”; now “harbour”') as string,
  })
})

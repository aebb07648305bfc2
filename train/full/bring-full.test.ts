import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caffeModel, kerasModel, pytorchModel, ultralyticsModel } from '../../onnx/testing/sample-models.ts'
import type { Dataset } from '../data/dataset.ts'
import { loadFolder } from '../data/folder.ts'
import { Progress } from '../run/progress.ts'
import { writeColourPictures } from '../testing/colour-pictures.ts'
import { bringFull, type BroughtFull, type BroughtModel } from './bring-full.ts'
import { placesOfClasses } from './class-places.ts'
import { withUnlabelled } from './label-pictures.ts'

let folder = ''
let dataset: Dataset
const labels = (): string => join(folder, 'labels.txt')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-bring-'))
  await writeColourPictures(join(folder, 'data'), { images: 20, size: 40 })
  const options = { size: 16, validationShare: 0.1, cacheFolder: join(folder, 'cache') }
  dataset = await loadFolder(join(folder, 'data'), options, () => undefined)
  await writeFile(labels(), 'red\r\ngreen\r\nblue\r\n')
})
afterAll(() => rm(folder, { recursive: true }))

const quiet = new Progress({ write: () => undefined })
async function bring(model: Uint8Array, how: Partial<BroughtModel> = {}, of = dataset): Promise<BroughtFull> {
  const path = join(folder, 'model.onnx')
  await writeFile(path, model)
  return bringFull({ model: path, labels: labels(), ...how }, of, 1, quiet)
}

describe('bringFull', () => {
  it('says what it took the model for, and how right it is on the labelled images', async () => {
    const { full, sentences, accuracy } = await bring(kerasModel())
    expect(accuracy).toBe(1)
    expect(full.spec).toMatchObject({
      kind: 'onnx',
      input: { width: 24, height: 24 },
      features: 4,
      outputs: 3,
    })
    const text = sentences.join('\n')
    expect(text).toMatch(
      /model\.onnx, opset 15, .*\n.*24x24, NHWC, RGB, scale "byte" \(its first nodes normalise\)/,
    )
    expect(text).toMatch(
      /softmax inside \(node_predictions \(Softmax\)\).*\n.*4 values, what node_product \(MatMul\)/,
    )
    expect(text).toMatch(/right on 100 %.* of 54 labelled images; chance is 33\.3 %/)
  })

  it('finds out by trying how pictures are scaled, where neither model nor person says it', async () => {
    const { sentences } = await bring(caffeModel())
    expect(sentences.join('\n')).toMatch(/BGR, scale "caffe" \(found by trying on 54 images: caffe 100\.0 %/)
  })

  it('does as it is told where it is told', async () => {
    const { full } = await bring(pytorchModel(), { input: 'half' })
    expect(full.spec.input).toMatchObject({ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] })
  })

  it('takes the names that a model carries, or the folders in their order', async () => {
    const { sentences } = await bring(ultralyticsModel(), { labels: undefined })
    expect(sentences.join('\n')).toContain('labels: The metadata of')
    // In alphabetical order red is the last class, and the model's first: that it is wrong shows.
    await expect(bring(pytorchModel(), { labels: undefined, input: 'unit' })).rejects.toThrow(/right on/)
  })

  it('stops with advice where the model is no better than chance', async () => {
    const wrong = join(folder, 'wrong.txt')
    await writeFile(wrong, 'green\nblue\nred\n')
    await expect(bring(pytorchModel(), { labels: wrong, input: 'unit' })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(
        /labels are in another order.*--full-input.*Nothing was trained/,
      ) as string,
    })
  })

  it('refuses classes that the model does not know, by their names', async () => {
    const others = join(folder, 'others.txt')
    await writeFile(others, 'red\nyellow\nblue\n')
    await expect(bring(pytorchModel(), { labels: others })).rejects.toThrow(/does not know .*: green\./)
    await writeFile(others, 'red\ngreen\n')
    await expect(bring(pytorchModel(), { labels: others })).rejects.toThrow(/names 2 classes.* 3 outputs/)
    expect(() => placesOfClasses(['a'], ['a', 'a'], 2, 'labels.txt')).toThrow(/more than once: a/)
  })

  it('labels pictures for training, but those that the data has and those that it is not certain of', async () => {
    const { full } = await bring(kerasModel())
    const pictures = join(folder, 'unlabelled')
    await writeColourPictures(join(pictures, 'holiday'), { images: 3, size: 32 })
    // A test image, under another name, and one in which no channel is the strongest.
    await copyFile(join(folder, 'data', 'red', '019.png'), join(pictures, 'again.png'))
    await sharp({ create: { width: 32, height: 32, channels: 3, background: '#7f7f7f' } })
      .png()
      .toFile(join(pictures, 'grey.png'))
    const said: string[] = []
    const progress = new Progress({ write: (text) => said.push(text) })
    const { dataset: more, digest } = await withUnlabelled(
      dataset,
      pictures,
      full,
      join(folder, 'cache'),
      progress,
    )
    const before = dataset.train.labels.length
    expect(more.train.labels.length).toBe(before + 9)
    // Blue, green, red, as the folders are called; the classes come in alphabetical order.
    expect([...more.train.labels.slice(before)].sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2])
    expect(said.join('')).toContain(
      'labels 9 pictures for training; left out are 1 of which it is not certain and 1 that',
    )
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    const small = await more.train.readAt!(before, 16)
    expect(small).toEqual(more.train.pixels.slice(before * 768, (before + 1) * 768))
  })

  it('refuses data that has no pictures of the size that the model reads', async () => {
    const bare = { ...dataset, train: { ...dataset.train, readAt: undefined } }
    const both = { ...bare, validation: { ...dataset.validation, readAt: undefined } }
    await expect(bring(kerasModel(), {}, both)).rejects.toMatchObject({ code: 'dataset-invalid' })
  })
})

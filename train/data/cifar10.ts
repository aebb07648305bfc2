import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'
import { digestOfPixels } from './data-digest.ts'
import { allocateSplit, imagesByClass, selectImages, type Dataset, type Split } from './dataset.ts'

const size = 32
const planeBytes = size * size
/**
 * One label byte, then the red, the green and the blue plane (https://www.cs.toronto.edu/~kriz/cifar.html,
 * binary version).
 */
const recordBytes = 1 + 3 * planeBytes
const trainFiles = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`)
const testFile = 'test_batch.bin'
const labelFile = 'batches.meta.txt'

async function read(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    throw new CacheNetError(
      'dataset-invalid',
      `${join(folder, name)} cannot be read. --data names the folder cifar-10-batches-bin, unpacked from cifar-10-binary.tar.gz of the CIFAR-10 homepage.`,
      { folder, name },
      { cause: error },
    )
  }
}

/** Records of binary files → images, channels last. */
function parseRecords(files: readonly { name: string; bytes: Buffer }[]): Split {
  for (const { name, bytes } of files) {
    if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
      throw new CacheNetError(
        'dataset-invalid',
        `${name} is cut short: ${bytes.length} bytes are no whole count of CIFAR-10 records.`,
        { name },
      )
    }
  }
  const split = allocateSplit(
    files.reduce((sum, { bytes }) => sum + bytes.length / recordBytes, 0),
    size,
  )
  let image = 0
  for (const { name, bytes } of files) {
    for (let start = 0; start < bytes.length; start += recordBytes, image++) {
      const label = bytes[start]!
      if (label > 9)
        throw new CacheNetError('dataset-invalid', `${name} has a label of ${label}; CIFAR-10 has 0 to 9.`, {
          name,
          label,
        })
      split.labels[image] = label
      for (let pixel = 0; pixel < planeBytes; pixel++) {
        for (let channel = 0; channel < 3; channel++) {
          split.pixels[(image * planeBytes + pixel) * 3 + channel] =
            bytes[start + 1 + channel * planeBytes + pixel]!
        }
      }
    }
  }
  return split
}

/**
 * CIFAR-10 from the homepage's binary files in `folder`. The last of each class's training images are the
 * validation split.
 */
export async function loadCifar10(folder: string, validationShare: number): Promise<Dataset> {
  const load = async (names: readonly string[]): Promise<Split> =>
    parseRecords(await Promise.all(names.map(async (name) => ({ name, bytes: await read(folder, name) }))))
  const classNames = (await read(folder, labelFile))
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const all = await load(trainFiles)
  const byClass = imagesByClass(all, classNames.length)
  const cut = (images: number[]): number => Math.round(images.length * (1 - validationShare))
  const splits = {
    train: selectImages(
      all,
      byClass.flatMap((images) => images.slice(0, cut(images))),
      size,
    ),
    validation: selectImages(
      all,
      byClass.flatMap((images) => images.slice(cut(images))),
      size,
    ),
    test: await load([testFile]),
  }
  return {
    kind: 'cifar10',
    description: "CIFAR-10 (Krizhevsky 2009), the homepage's binary files.",
    classNames,
    digest: digestOfPixels(splits),
    size,
    ...splits,
  }
}

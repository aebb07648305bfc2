import { createHash } from 'node:crypto'
import { LeftOut } from '../../core/image/left-out.ts'
import { argMax, softmax } from '../../core/gate/entropy.ts'
import { startRuntime } from '../../onnx/runtime.ts'
import { filesByClass } from '../data/class-files.ts'
import { allocateSplit, selectImages, splitCount, type Dataset, type Split } from '../data/dataset.ts'
import { loadFiles } from '../data/folder.ts'
import { logitsOf } from '../models/predictions.ts'
import type { Progress } from '../run/progress.ts'
import type { FullGraph } from './full-graph.ts'
import { fullPixels } from './full-pixels.ts'
import { openClassifier } from './run-classifier.ts'

/** Below it a picture is of no class more than of all others together, and teaches what it does not show. */
const leastCertainty = 0.5

export interface LabelledDataset {
  readonly dataset: Dataset
  /** Of the pictures that were added: a run goes on with the same only. */
  readonly digest: string
}

/** The images of one split behind those of another. */
function joinSplits(first: Split, second: Split, size: number): Split {
  const images = splitCount(first)
  const joined = allocateSplit(images + splitCount(second), size)
  joined.pixels.set(first.pixels)
  joined.pixels.set(second.pixels, first.pixels.length)
  joined.labels.set(first.labels)
  joined.labels.set(second.labels, images)
  const [before, after] = [first.readAt, second.readAt]
  if (before === undefined || after === undefined) return joined
  return {
    ...joined,
    readAt: (image, at) => (image < images ? before(image, at) : after(image - images, at)),
  }
}

/**
 * Adds pictures that nobody labelled to the training images, under the class that the full model gives them.
 * Left out are those that are in the data already, the test images above all, and those of which the full
 * model is not certain. Throws `dataset-invalid` where there is no picture.
 *
 * @param folder with pictures, at any depth
 */
export async function withUnlabelled(
  dataset: Dataset,
  folder: string,
  full: FullGraph,
  cacheFolder: string,
  progress: Progress,
): Promise<LabelledDataset> {
  const { size, classNames } = dataset
  const leftOut = new LeftOut()
  const [found = []] = await filesByClass(
    folder,
    folder,
    [{ name: 'unlabelled', folders: [folder] }],
    leftOut,
  )
  const line = leftOut.sentence()
  if (line !== undefined) progress.say(line)
  const known = new Set(
    [dataset.train, dataset.validation, dataset.test].flatMap(({ digests = [] }) => digests),
  )
  const files = found.filter(({ digest }) => !known.has(digest))
  progress.start()
  const report = (done: number, of: number): void => progress.count('unlabelled', done, of)
  const split = await loadFiles(files, ['unlabelled'], { size, cacheFolder }, report)

  const { spec, blob } = full
  const classifier = await openClassifier(await startRuntime(), blob, spec.isBatched, 'the full model')
  progress.start()
  const said = await classifier
    .predict(
      files.length,
      (image) => fullPixels(split, size, image, spec.input.width),
      spec.input,
      (done) => progress.count('full labels', done, files.length),
    )
    .finally(() => classifier.close())
  const certain = files.flatMap((_, image) => {
    const probabilities = softmax(logitsOf(said, image))
    const label = argMax(probabilities)
    return probabilities[label]! >= leastCertainty ? [{ image, label }] : []
  })
  const added = selectImages(
    split,
    certain.map(({ image }) => image),
    size,
  )
  added.labels.set(certain.map(({ label }) => label))
  progress.say(
    `Unlabelled: the full model labels ${certain.length} pictures for training; left out are ${files.length - certain.length} of which it is not certain and ${found.length - files.length} that the data has. Of ${classNames.length} classes they show ${new Set(certain.map(({ label }) => label)).size}.`,
  )
  const digest = createHash('sha256')
  for (const { image, label } of certain) digest.update(`${label} ${files[image]!.digest}\n`)
  return {
    dataset: { ...dataset, train: joinSplits(dataset.train, added, size) },
    digest: digest.digest('hex'),
  }
}

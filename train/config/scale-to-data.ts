import type { TrainingConfig } from './schema.ts'

type Stage = { readonly optimizer: Pick<TrainingConfig['full']['optimizer'], 'batchSize' | 'epochs'> }

/** Settings that the number of training images decides; whatever a person sets goes before them. */
export interface ScaledSettings {
  readonly partitionCount: number
  readonly full: Stage
  readonly generalist: Stage
  readonly partition: Stage
  readonly delta: Stage
}

/** Where the preset's own batch and epochs were chosen. */
const manyImages = 50_000
const largestBatch = 512
const smallestBatch = 16

/** So many images are shown to a network at least, however few they are: a pass over 200 images is next to nothing. */
const leastShown = { full: 15_000, generalist: 15_000, partition: 6_000, delta: 4_000 }
const epochsOfMany = { full: 8, generalist: 10, partition: 4, delta: 4 }
/** A few images are learnt by heart, and shown more often only the better for it. */
const mostEpochs = 100

/** A partition needs so many images of its own. Regions are uneven: the smallest of four may have a tenth of all. */
const imagesForPartition = 256
const mostPartitions = 4

/** The batch grows with the root of the number of images, so that both the steps of a pass and the passes are enough. */
function batchFor(images: number): number {
  const ideal = largestBatch * Math.sqrt(images / manyImages)
  return Math.max(smallestBatch, Math.min(largestBatch, 2 ** Math.round(Math.log2(ideal))))
}

/** Batches, epochs and partitions for so many training images, as the preset `folder` takes them. */
export function scaleToData(images: number): ScaledSettings {
  const batchSize = batchFor(images)
  const stage = (name: keyof typeof epochsOfMany): Stage => ({
    optimizer: { batchSize, epochs: Math.min(mostEpochs, Math.max(epochsOfMany[name], Math.round(leastShown[name] / images))) },
  })
  const partitions = Math.min(mostPartitions, Math.floor(images / imagesForPartition))
  return { partitionCount: partitions < 2 ? 0 : partitions, full: stage('full'), generalist: stage('generalist'), partition: stage('partition'), delta: stage('delta') }
}

/** The least number of training images for which the preset `folder` trains partitions. */
export const fewestForPartitions = 2 * imagesForPartition

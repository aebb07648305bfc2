import type { OptimizerSettings } from './schema.ts'

interface ScaledStage {
  readonly optimizer: Pick<OptimizerSettings, 'batchSize' | 'epochs' | 'learningRate'>
}

/** Settings that the number of training images decides; whatever a person sets goes before them. */
export interface ScaledSettings {
  readonly partitionCount: number
  readonly full: ScaledStage
  readonly generalist: ScaledStage
  readonly partition: ScaledStage
  readonly delta: ScaledStage
}

/** Where the preset's own batch, rates and epochs come from: sets as large as CIFAR-10. */
const manyImages = 50_000
const largestBatch = 512
const smallestBatch = 16

/**
 * Rates are for a batch of 1024 and fall with the batch, which leaves small batches with next to nothing.
 * They are raised by so much again; measured on 176 and 1,080 images (README: small sets), and capped at what
 * was.
 */
const rateExponent = 0.75
const highestRaise = 16 / 3

/**
 * What each stage does with many images: epochs and peak rate. And so many images are shown to it at least,
 * however few there are: a pass over 200 is next to nothing.
 */
const stages = {
  full: { epochs: 8, learningRate: 0.75, leastShown: 14_000 },
  generalist: { epochs: 10, learningRate: 0.75, leastShown: 14_000 },
  partition: { epochs: 4, learningRate: 0.5, leastShown: 6_000 },
  delta: { epochs: 4, learningRate: 0.5, leastShown: 4_000 },
} as const
/** A few images are known by heart by then. */
const mostEpochs = 100

/**
 * A partition needs so many images of its own. Regions are uneven: the smallest of four may have a tenth of
 * all.
 */
const imagesForPartition = 256
const mostPartitions = 4

/** The least number of training images for which partitions are trained. */
export const fewestForPartitions = 2 * imagesForPartition

/**
 * The batch grows with the root of the number of images, so that neither the steps of a pass become few nor
 * the passes.
 */
export function batchFor(images: number): number {
  const ideal = largestBatch * Math.sqrt(images / manyImages)
  return Math.max(smallestBatch, Math.min(largestBatch, 2 ** Math.round(Math.log2(ideal))))
}

/** Batches, epochs, rates and partitions for so many training images. */
export function scaleToData(images: number): ScaledSettings {
  const batchSize = batchFor(images)
  const raise = Math.min(highestRaise, (largestBatch / batchSize) ** rateExponent)
  const stage = (name: keyof typeof stages): ScaledStage => {
    const { epochs, learningRate, leastShown } = stages[name]
    const enough = Math.min(mostEpochs, Math.round(leastShown / images))
    return {
      optimizer: {
        batchSize,
        epochs: Math.max(epochs, enough),
        learningRate: Number((learningRate * raise).toPrecision(3)),
      },
    }
  }
  return {
    partitionCount:
      images < fewestForPartitions ? 0 : Math.min(mostPartitions, Math.floor(images / imagesForPartition)),
    full: stage('full'),
    generalist: stage('generalist'),
    partition: stage('partition'),
    delta: stage('delta'),
  }
}

import * as tf from '@tensorflow/tfjs-core'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createRandom } from '../../core/random.ts'
import { imagesByClass } from '../data/dataset.ts'
import type { EncoderPass } from '../models/encoder.ts'
import { predictSome } from '../models/predict.ts'
import type { FullModel } from '../models/ship-network.ts'
import { writeAtomically } from '../run/write-atomically.ts'
import type { StageContext } from './context.ts'

/** One image on its way through both levels of the encoder and back. */
export interface ReconstructedImage {
  /** Its position among the validation images. */
  readonly image: number
  /** What the full model sees in it, standardised, and what the first decoder makes of z. */
  readonly features: readonly number[]
  readonly reconstructedFeatures: readonly number[]
  /** z, and what the second decoder makes of the code. */
  readonly z: readonly number[]
  readonly reconstructedZ: readonly number[]
  /** c(x), on the simplex. */
  readonly code: readonly number[]
}

export interface Reconstructions {
  /** Validation images that the two shares were measured on. */
  readonly measuredImages: number
  /** 1 − (squared error / variance) of the features and of z: 1 is perfect, 0 no better than their mean. */
  readonly featuresExplained: number
  readonly zExplained: number
  readonly images: readonly ReconstructedImage[]
}

/** Enough for a share of variance to two digits. */
const mostMeasured = 500
const mostShown = 10

const fileOf = (runPath: string): string => join(runPath, 'reconstructions.json')

/** Four digits show on a picture as well as seven, in half the bytes. */
const rounded = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(4)))

/** Validation images in random order, but one of each class first: the first few are shown. */
function drawImages({ config, dataset }: StageContext): number[] {
  const random = createRandom(config.seed).fork('reconstructions')
  const byClass = imagesByClass(dataset.validation, dataset.classNames.length).filter(
    (images) => images.length > 0,
  )
  const first = random.shuffle(byClass.map((images) => random.pick(images)))
  const taken = new Set(first)
  const others = random
    .shuffle(Array.from(dataset.validation.labels.keys()))
    .filter((image) => !taken.has(image))
  return [...first, ...others].slice(0, mostMeasured)
}

/** 1 − squared error / squared distance from the mean, over rows of `size` values. */
export function explainedShare(original: Float32Array, reconstruction: Float32Array, size: number): number {
  const count = original.length / size
  const means = new Float64Array(size)
  for (const [index, value] of original.entries()) means[index % size]! += value / count
  let [errors, distances] = [0, 0]
  for (const [index, value] of original.entries()) {
    errors += (value - reconstruction[index]!) ** 2
    distances += (value - means[index % size]!) ** 2
  }
  return distances === 0 ? 0 : 1 - errors / distances
}

interface EncoderStage {
  readonly full: FullModel
  readonly encoder: { run(features: tf.Tensor2D): EncoderPass }
  /** Standardisation of the features: (f − mean) / deviation. */
  readonly mean: Float32Array
  readonly deviation: Float32Array
}

/**
 * Runs validation images through both levels and back. The decoders live only while stage 3 does, so this
 * runs there.
 */
export function reconstruct(
  context: StageContext,
  { full, encoder, mean, deviation }: EncoderStage,
): Reconstructions {
  const { dataset, input } = context
  const images = drawImages(context)
  const { features, featureSize } = predictSome(full, dataset.validation, images, input)
  const standardised = features.map(
    (value, index) => (value - mean[index % featureSize]!) / deviation[index % featureSize]!,
  )
  const pass = tf.tidy(() => {
    const { z, code, reconstructedFeatures, reconstructedZ } = encoder.run(
      tf.tensor2d(standardised, [images.length, featureSize]),
    )
    const read = (tensor: tf.Tensor2D): Float32Array => tensor.dataSync<'float32'>().slice()
    return {
      z: read(z),
      code: read(code),
      features: read(reconstructedFeatures),
      reconstructedZ: read(reconstructedZ),
    }
  })
  const rowOf = (values: Float32Array, row: number): number[] => {
    const size = values.length / images.length
    return rounded(values.subarray(row * size, (row + 1) * size))
  }
  return {
    measuredImages: images.length,
    featuresExplained: explainedShare(standardised, pass.features, featureSize),
    zExplained: explainedShare(pass.z, pass.reconstructedZ, pass.z.length / images.length),
    images: images.slice(0, mostShown).map((image, row): ReconstructedImage => ({
      image,
      features: rowOf(standardised, row),
      reconstructedFeatures: rowOf(pass.features, row),
      z: rowOf(pass.z, row),
      reconstructedZ: rowOf(pass.reconstructedZ, row),
      code: rowOf(pass.code, row),
    })),
  }
}

/**
 * Leaves the reconstructions in the run folder, where a resumed run finds them. To be called before the
 * code's checkpoint is written.
 */
export async function keepReconstructions(context: StageContext, stage: EncoderStage): Promise<void> {
  await writeAtomically(fileOf(context.run.path), JSON.stringify(reconstruct(context, stage)))
}

const number = z.number()
const numbers = z.array(number)
const reconstructionsSchema: z.ZodType<Reconstructions> = z.object({
  measuredImages: number,
  featuresExplained: number,
  zExplained: number,
  images: z.array(
    z.object({
      image: z.int(),
      features: numbers,
      reconstructedFeatures: numbers,
      z: numbers,
      reconstructedZ: numbers,
      code: numbers,
    }),
  ),
})

/**
 * Undefined where the run has none, its code being trained before they were kept, and where the file is
 * damaged: a part of a report is not worth the training behind it.
 */
export async function readReconstructions(runPath: string): Promise<Reconstructions | undefined> {
  try {
    return reconstructionsSchema.safeParse(JSON.parse(await readFile(fileOf(runPath), 'utf8'))).data
  } catch {
    return undefined
  }
}

import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '../../core/random.ts'
import { sceneStream } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EncoderSettings, TrainingConfig } from '../config/schema.ts'
import { imagesByClass } from '../data/dataset.ts'
import { TwoLevelEncoder, type EncoderSizes } from '../models/encoder.ts'
import { mutualInformation, regionCrossEntropy } from '../objective/code.ts'
import { infoVaeLoss } from '../objective/info-vae.ts'
import { diverged } from '../parallel/diverged.ts'
import type { StageContext } from './context.ts'
import type { Region } from './regions.ts'

/** Samples of the prior that a batch is held against (the InfoVAE authors' own count). */
const priorSamples = 200

const codeSeed = ({ seed, encoder }: TrainingConfig): number => seed + encoder.seedOffset

/** Features of the trunk, [images, features]. */
export interface Standardised {
  readonly values: Float32Array
  readonly mean: Float32Array
  readonly deviation: Float32Array
}

/** Zero mean and unit variance per feature, so that one λ fits any trunk. */
export function standardise(features: Float32Array, size: number): Standardised {
  const count = features.length / size
  const mean = new Float32Array(size)
  const deviation = new Float32Array(size)
  for (let feature = 0; feature < size; feature++) {
    let [sum, squares] = [0, 0]
    for (let index = feature; index < features.length; index += size) {
      sum += features[index]!
      squares += features[index]! ** 2
    }
    mean[feature] = sum / count
    deviation[feature] = Math.sqrt(Math.max(1e-6, squares / count - (sum / count) ** 2))
  }
  return {
    values: features.map((value, index) => (value - mean[index % size]!) / deviation[index % size]!),
    mean,
    deviation,
  }
}

/** Training images as they come in scenes: whose frames belong to one region, whatever they show. */
class SceneBatches {
  readonly #context: StageContext
  readonly #byClass: readonly number[][]
  /** Region of each context, by its name. */
  readonly #regionOf: ReadonlyMap<string, number>

  constructor(context: StageContext, regions: readonly Region[]) {
    const { train, classNames, places } = context.dataset
    this.#context = context
    this.#byClass = imagesByClass(train, classNames.length)
    const nameOf = (of: number): string => places?.[of]?.name ?? classNames[of]!
    this.#regionOf = new Map(
      regions.flatMap(({ contexts }, region) => contexts.map((of) => [nameOf(of), region] as const)),
    )
  }

  at(step: number): { readonly images: readonly number[]; readonly regions: readonly number[] } {
    const { config, dataset } = this.#context
    const { scenesPerBatch, framesPerScene } = config.encoder
    const random = createRandom(codeSeed(config)).fork(`scenes-${step}`)
    const kind = dataset.places === undefined ? 'single' : 'places'
    const frames = Array.from({ length: scenesPerBatch }, (_, scene) =>
      sceneStream({
        kind,
        places: dataset.places ?? [],
        classNames: dataset.classNames,
        meanLength: 1e9,
        frames: framesPerScene,
        seed: `${codeSeed(config)}-${step}-${scene}`,
      }),
    ).flat()
    return {
      images: frames.map(({ classIndex }) => random.pick(this.#byClass[classIndex]!)),
      regions: frames.map(({ sceneName }) => this.#regionOf.get(sceneName) ?? 0),
    }
  }
}

interface BatchTensors {
  /** [batch, features], standardised. */
  readonly x: tf.Tensor2D
  /** [batch, K]: the region of each frame's scene. */
  readonly targets: tf.Tensor2D
  readonly prior: { readonly z: tf.Tensor2D; readonly code: tf.Tensor2D }
}

/**
 * Latents of some frames of every scene: pairs cost the square of their number, and a scene's frames are
 * drawn independently.
 */
function someOfEach(latents: tf.Tensor2D, { scenesPerBatch, framesPerScene }: EncoderSettings): tf.Tensor2D {
  const columns = latents.shape[1]
  const frames = Math.min(framesPerScene, Math.max(1, Math.floor(priorSamples / scenesPerBatch)))
  const some = tf.slice(
    tf.reshape(latents, [scenesPerBatch, framesPerScene, columns]),
    [0, 0, 0],
    [scenesPerBatch, frames, columns],
  )
  return tf.reshape(some, [scenesPerBatch * frames, columns])
}

/** The parts of the encoder's loss, in the order in which they are added. */
const codeTerms = ['features', 'latents', 'information', 'region'] as const

/** −L* − L̄* + ramp · (−I(x;k) + H(region, c)), each with its weight; `onTerms` hears the parts. */
function encoderLoss(
  encoder: TwoLevelEncoder,
  { x, targets, prior }: BatchTensors,
  settings: EncoderSettings,
  ramp: number,
  onTerms: (values: readonly number[]) => void,
): tf.Scalar {
  const { z, code, codeLogits, reconstructedFeatures, reconstructedZ } = encoder.run(x)
  const first = infoVaeLoss(
    { input: x, reconstruction: reconstructedFeatures, latents: someOfEach(z, settings), prior: prior.z },
    settings,
    1,
  )
  // Level two explains z as it is: the gradient of its own reconstruction target is stopped, or z would
  // shrink to be easy.
  const fixedZ = tf.tensor2d(z.dataSync<'float32'>(), z.shape)
  const second = infoVaeLoss(
    {
      input: fixedZ,
      reconstruction: reconstructedZ,
      latents: someOfEach(codeLogits, settings),
      prior: prior.code,
    },
    settings,
    settings.codePriorScale,
  )
  const terms: tf.Scalar[] = [first, second]
  const add = (term: tf.Scalar, weight: number): void => void terms.push(tf.mul(term, weight * ramp))
  add(mutualInformation(code), -settings.mutualInformation)
  add(regionCrossEntropy(code, targets), settings.region)
  onTerms(terms.map((term) => term.dataSync<'float32'>()[0]!))
  return tf.addN(terms)
}

/** Rows of a [count, columns] array as a tensor, in the order of `images`. */
function gatherRows(values: Float32Array, columns: number, images: readonly number[]): tf.Tensor2D {
  const rows = new Float32Array(images.length * columns)
  for (const [row, image] of images.entries())
    rows.set(values.subarray(image * columns, (image + 1) * columns), row * columns)
  return tf.tensor2d(rows, [images.length, columns])
}

/**
 * Trains both levels of the encoder on the features of all training images: z explains what the full model
 * sees, and its code says which region the scene of an image belongs to. One frame is evidence, no more; a
 * stream adds it up.
 */
export async function trainEncoder(
  context: StageContext,
  features: Standardised,
  sizes: EncoderSizes,
  regions: readonly Region[],
): Promise<TwoLevelEncoder> {
  const { config, dataset, signal, run, progress } = context
  const { encoder: settings } = config
  const random = createRandom(codeSeed(config)).fork('encoder-0')
  const encoder = new TwoLevelEncoder(sizes, random)
  const optimizer = tf.train.adam(settings.learningRate)
  const batches = new SceneBatches(context, regions)
  const steps = Math.ceil(
    (dataset.train.labels.length / (settings.scenesPerBatch * settings.framesPerScene)) * settings.epochs,
  )
  const prior = (columns: number, deviation: number): tf.Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: priorSamples * columns }, () => random.normal() * deviation),
      [priorSamples, columns],
    )
  progress.start()
  for (let step = 0; step < steps; step++) {
    if (signal.aborted)
      throw new CacheNetError(
        'aborted',
        `Stopped while training the code. --resume ${run.path} trains it again.`,
      )
    let parts: readonly number[] = []
    const loss = tf.tidy(() => {
      const { images, regions: targets } = batches.at(step)
      const batch: BatchTensors = {
        x: gatherRows(features.values, sizes.features, images),
        targets: tf.oneHot(tf.tensor1d([...targets], 'int32'), sizes.partitions) as tf.Tensor2D,
        prior: { z: prior(sizes.latent, 1), code: prior(sizes.partitions, settings.codePriorScale) },
      }
      const ramp = settings.rampShare === 0 ? 1 : Math.min(1, step / (steps * settings.rampShare))
      return optimizer
        .minimize(() => encoderLoss(encoder, batch, settings, ramp, (values) => (parts = values)), true)!
        .dataSync<'float32'>()[0]!
    })
    if (!Number.isFinite(loss)) {
      throw diverged({
        name: 'the code',
        step: step + 1,
        terms: codeTerms.filter((_, term) => !Number.isFinite(parts[term])),
        lastGood: 0,
      })
    }
    if ((step + 1) % 20 === 0) await run.log({ stage: 'code', step: step + 1, steps, loss })
    progress.count('code', step + 1, steps, `loss ${loss.toFixed(3)}`)
  }
  optimizer.dispose()
  return encoder
}

import * as tf from '@tensorflow/tfjs-core'
import { createRandom, type Random } from '../../core/random.ts'
import { sceneStream } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EncoderSettings, TrainingConfig } from '../config/schema.ts'
import { imagesByClass } from '../data/dataset.ts'
import { TwoLevelEncoder, type EncoderSizes } from '../models/encoder.ts'
import { association } from '../objective/association.ts'
import { incoherence, mutualInformation } from '../objective/code.ts'
import { infoVaeLoss } from '../objective/info-vae.ts'
import type { StageContext } from './context.ts'

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
  return { values: features.map((value, index) => (value - mean[index % size]!) / deviation[index % size]!), mean, deviation }
}

/** Training images of whole scenes, a scene's frames one after the other: what the coherence term needs. */
class SceneBatches {
  readonly #context: StageContext
  readonly #byClass: readonly number[][]

  constructor(context: StageContext) {
    this.#context = context
    this.#byClass = imagesByClass(context.dataset.train, context.dataset.classNames.length)
  }

  at(step: number): number[] {
    const { config, dataset } = this.#context
    const { scenesPerBatch, framesPerScene, scenes: kind } = config.encoder
    const random = createRandom(codeSeed(config)).fork(`scenes-${step}`)
    return Array.from({ length: scenesPerBatch }, (_, scene) => {
      const stream = sceneStream({ kind, classNames: dataset.classNames, meanLength: 1e9, frames: framesPerScene, seed: `${codeSeed(config)}-${step}-${scene}` })
      return stream.map(({ classIndex }) => random.pick(this.#byClass[classIndex]!))
    }).flat()
  }
}

interface BatchTensors {
  /** [batch, features], standardised. */
  readonly x: tf.Tensor2D
  /** [batch, K]: where the partitions would have the images, once there are partitions. */
  readonly targets: tf.Tensor2D | undefined
  readonly prior: { readonly z: tf.Tensor2D; readonly code: tf.Tensor2D }
}

/** Latents of some frames of every scene: pairs cost the square of their number, and a scene's frames are drawn independently. */
function someOfEach(latents: tf.Tensor2D, { scenesPerBatch, framesPerScene }: EncoderSettings): tf.Tensor2D {
  const columns = latents.shape[1]
  const frames = Math.min(framesPerScene, Math.max(1, Math.floor(priorSamples / scenesPerBatch)))
  const some = tf.slice(tf.reshape(latents, [scenesPerBatch, framesPerScene, columns]), [0, 0, 0], [scenesPerBatch, frames, columns])
  return tf.reshape(some, [scenesPerBatch * frames, columns])
}

/** −L* − L̄* + ramp · (−I(x;k) + incoherence + association), each with its weight. */
function encoderLoss(encoder: TwoLevelEncoder, { x, targets, prior }: BatchTensors, settings: EncoderSettings, ramp: number): tf.Scalar {
  const { z, code, codeLogits, reconstructedFeatures, reconstructedZ } = encoder.run(x)
  const first = infoVaeLoss({ input: x, reconstruction: reconstructedFeatures, latents: someOfEach(z, settings), prior: prior.z }, settings, 1)
  // Level two explains z as it is: the gradient of its own reconstruction target is stopped, or z would shrink to be easy.
  const fixedZ = tf.tensor2d(z.dataSync<'float32'>(), z.shape)
  const second = infoVaeLoss({ input: fixedZ, reconstruction: reconstructedZ, latents: someOfEach(codeLogits, settings), prior: prior.code }, settings, settings.codePriorScale)
  const terms: tf.Scalar[] = [first, second]
  const add = (term: tf.Scalar, weight: number): void => void terms.push(tf.mul(term, weight * ramp))
  add(mutualInformation(code), -settings.mutualInformation)
  add(incoherence(code, settings.framesPerScene), settings.coherence)
  if (targets !== undefined) add(association(code, targets), settings.association)
  return tf.addN(terms)
}

/** Rows of a [count, columns] array as a tensor, in the order of `images`. */
function gatherRows(values: Float32Array, columns: number, images: readonly number[]): tf.Tensor2D {
  const rows = new Float32Array(images.length * columns)
  for (const [row, image] of images.entries()) rows.set(values.subarray(image * columns, (image + 1) * columns), row * columns)
  return tf.tensor2d(rows, [images.length, columns])
}

/** Of each start: how far it is trained before the starts are compared, as a share of all steps. */
const scoutShare = 0.2
/** Share of a scout's steps, at the end, whose mean loss compares it with the others. */
const comparedShare = 0.25

/** One start of the encoder, trained as far as it is asked to. */
class EncoderTraining {
  readonly encoder: TwoLevelEncoder
  readonly #start: number
  readonly #context: StageContext
  readonly #features: Standardised
  readonly #targets: Float32Array | undefined
  readonly #random: Random
  readonly #optimizer: tf.Optimizer
  readonly #batches: SceneBatches
  #step = 0

  constructor(context: StageContext, features: Standardised, sizes: EncoderSizes, targets: Float32Array | undefined, start: number) {
    this.#start = start
    this.#context = context
    this.#features = features
    this.#targets = targets
    this.#random = createRandom(codeSeed(context.config)).fork(`encoder-${start}`)
    this.encoder = new TwoLevelEncoder(sizes, this.#random)
    this.#optimizer = tf.train.adam(context.config.encoder.learningRate)
    this.#batches = new SceneBatches(context)
  }

  get steps(): number {
    const { config, dataset } = this.#context
    const { scenesPerBatch, framesPerScene, epochs } = config.encoder
    return Math.ceil((dataset.train.labels.length / (scenesPerBatch * framesPerScene)) * epochs)
  }

  /** Trains on to the given step; returns the mean loss of the last ones. `onStep` is told of each. */
  async trainTo(end: number, onStep: (loss: number) => void): Promise<number> {
    const { signal, run } = this.#context
    const compared = Math.max(1, Math.round((end - this.#step) * comparedShare))
    let sum = 0
    for (; this.#step < end; this.#step++) {
      if (signal.aborted) throw new CacheNetError('aborted', `Stopped while training the code. --resume ${run.path} trains it again.`)
      const loss = this.#trainStep()
      if (this.#step >= end - compared) sum += loss
      if ((this.#step + 1) % 20 === 0) await run.log({ stage: 'code', start: this.#start, step: this.#step + 1, steps: this.steps, loss })
      onStep(loss)
    }
    return sum / compared
  }

  #trainStep(): number {
    const settings = this.#context.config.encoder
    const { sizes } = this.encoder
    const prior = (columns: number, deviation: number): tf.Tensor2D =>
      tf.tensor2d(Float32Array.from({ length: priorSamples * columns }, () => this.#random.normal() * deviation), [priorSamples, columns])
    return tf.tidy(() => {
      const images = this.#batches.at(this.#step)
      const batch: BatchTensors = {
        x: gatherRows(this.#features.values, sizes.features, images),
        targets: this.#targets === undefined ? undefined : gatherRows(this.#targets, sizes.partitions, images),
        prior: { z: prior(sizes.latent, 1), code: prior(sizes.partitions, settings.codePriorScale) },
      }
      const ramp = settings.rampShare === 0 ? 1 : Math.min(1, this.#step / (this.steps * settings.rampShare))
      const cost = this.#optimizer.minimize(() => encoderLoss(this.encoder, batch, settings, ramp), true)
      return cost!.dataSync<'float32'>()[0]!
    })
  }

  /** The encoder lives on, and is the caller's. */
  finish(): TwoLevelEncoder {
    this.#optimizer.dispose()
    return this.encoder
  }

  dispose(): void {
    this.finish().dispose()
  }
}

/**
 * Trains both levels of the encoder on the features of all training images. Like any clustering it ends in one of many local minima, and
 * the regions hang on which: several starts are trained a little, and the one with the least loss to the end.
 *
 * @param targets [images, K]: where the partitions would have each image, once there are partitions
 */
export async function trainEncoder(context: StageContext, features: Standardised, sizes: EncoderSizes, targets: Float32Array | undefined): Promise<TwoLevelEncoder> {
  const { progress, config } = context
  const { starts } = config.encoder
  let best: { readonly training: EncoderTraining; readonly loss: number } | undefined
  progress.start()
  const all = new EncoderTraining(context, features, sizes, targets, 0)
  const { steps } = all
  all.dispose()
  const scoutSteps = starts === 1 ? 0 : Math.round(steps * scoutShare)
  const total = starts * scoutSteps + (steps - scoutSteps)
  let done = 0
  const onStep = (loss: number): void => progress.count('code', ++done, total, `loss ${loss.toFixed(3)}`)
  for (let start = 0; start < starts; start++) {
    const training = new EncoderTraining(context, features, sizes, targets, start)
    const loss = await training.trainTo(scoutSteps, onStep)
    const [kept, dropped] = best === undefined || loss < best.loss ? [{ training, loss }, best?.training] : [best, training]
    dropped?.dispose()
    best = kept
  }
  const { training } = best!
  await training.trainTo(steps, onStep)
  return training.finish()
}

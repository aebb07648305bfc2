import * as tf from '@tensorflow/tfjs-core'
import { createRandom } from '../../core/random.ts'
import { sceneStream } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EncoderSettings } from '../config/schema.ts'
import { imagesByClass } from '../data/dataset.ts'
import { TwoLevelEncoder, type EncoderSizes } from '../models/encoder.ts'
import { association } from '../objective/association.ts'
import { incoherence, mutualInformation } from '../objective/code.ts'
import { infoVaeLoss } from '../objective/info-vae.ts'
import type { StageContext } from './context.ts'

/** Samples of the prior that a batch is held against (the InfoVAE authors' own count). */
const priorSamples = 200

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
    const random = createRandom(config.seed).fork(`scenes-${step}`)
    return Array.from({ length: scenesPerBatch }, (_, scene) => {
      const stream = sceneStream({ kind, classNames: dataset.classNames, meanLength: 1e9, frames: framesPerScene, seed: `${config.seed}-${step}-${scene}` })
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

interface TrainedEncoder {
  readonly encoder: TwoLevelEncoder
  /** Mean loss of the last steps. */
  readonly loss: number
}

/** Share of the steps, at the end, whose mean loss compares one training with another. */
const comparedShare = 0.1

async function trainOnce(context: StageContext, features: Standardised, sizes: EncoderSizes, targets: Float32Array | undefined, attempt: number): Promise<TrainedEncoder> {
  const { config, progress, signal, dataset, run } = context
  const settings = config.encoder
  const random = createRandom(config.seed).fork(`encoder-${attempt}`)
  const encoder = new TwoLevelEncoder(sizes, random)
  const optimizer = tf.train.adam(settings.learningRate)
  const batches = new SceneBatches(context)
  const batchSize = settings.scenesPerBatch * settings.framesPerScene
  const steps = Math.ceil((dataset.train.labels.length / batchSize) * settings.epochs)
  const compared = Math.max(1, Math.round(steps * comparedShare))
  const prior = (columns: number, deviation: number): tf.Tensor2D =>
    tf.tensor2d(Float32Array.from({ length: priorSamples * columns }, () => random.normal() * deviation), [priorSamples, columns])
  const name = `code ${attempt + 1}/${settings.attempts}`
  let sum = 0
  progress.start()
  for (let step = 0; step < steps; step++) {
    if (signal.aborted) throw new CacheNetError('aborted', `Stopped while training the code. --resume ${run.path} trains it again.`)
    const loss = tf.tidy(() => {
      const images = batches.at(step)
      const batch: BatchTensors = {
        x: gatherRows(features.values, sizes.features, images),
        targets: targets === undefined ? undefined : gatherRows(targets, sizes.partitions, images),
        prior: { z: prior(sizes.latent, 1), code: prior(sizes.partitions, settings.codePriorScale) },
      }
      const ramp = settings.rampShare === 0 ? 1 : Math.min(1, step / (steps * settings.rampShare))
      const cost = optimizer.minimize(() => encoderLoss(encoder, batch, settings, ramp), true)
      return cost!.dataSync<'float32'>()[0]!
    })
    if (step >= steps - compared) sum += loss
    if ((step + 1) % 20 === 0) await run.log({ stage: 'code', attempt, step: step + 1, steps, loss })
    progress.count(name, step + 1, steps, `loss ${loss.toFixed(3)}`)
  }
  optimizer.dispose()
  return { encoder, loss: sum / compared }
}

/**
 * Trains both levels of the encoder on the features of all training images, from several starts, and keeps the one with the least loss:
 * like any clustering it ends in one of several local minima, and the regions hang on which.
 *
 * @param targets [images, K]: where the partitions would have each image, once there are partitions
 */
export async function trainEncoder(context: StageContext, features: Standardised, sizes: EncoderSizes, targets: Float32Array | undefined): Promise<TwoLevelEncoder> {
  let best = await trainOnce(context, features, sizes, targets, 0)
  for (let attempt = 1; attempt < context.config.encoder.attempts; attempt++) {
    const next = await trainOnce(context, features, sizes, targets, attempt)
    const [kept, dropped] = next.loss < best.loss ? [next, best] : [best, next]
    dropped.encoder.dispose()
    best = kept
  }
  return best.encoder
}

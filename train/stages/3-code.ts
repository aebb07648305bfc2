import * as tf from '@tensorflow/tfjs-core'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import { softmax } from '../../core/gate/entropy.ts'
import { createRandom } from '../../core/random.ts'
import { sceneStream } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EncoderSettings } from '../config/schema.ts'
import { imagesByClass } from '../data/dataset.ts'
import { encoderSpec, TwoLevelEncoder, type EncoderSizes } from '../models/encoder.ts'
import { predictImages, predictVectors } from '../models/predict.ts'
import { shipWeights, type ShippedNetwork, type TrainedNetwork } from '../models/trained-network.ts'
import { association } from '../objective/association.ts'
import { incoherence, mutualInformation } from '../objective/code.ts'
import { infoVaeLoss } from '../objective/info-vae.ts'
import { planNetwork } from '../../core/network/spec.ts'
import { keepReconstructions } from '../report/gather/keep-reconstructions.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import type { StageContext } from './context.ts'

/** Samples of the prior that a batch is held against (the InfoVAE authors' own count). */
const priorSamples = 200

export interface CodeStage {
  /** Reads the full model's features. */
  readonly encoder: ShippedNetwork
  /** c(x) of each training image, K values each. */
  readonly trainCodes: readonly Float32Array[]
}

/** [training images, K]: see `associationTargets`. */
export interface AssociatedTargets {
  readonly values: Float32Array
}

/** Codes of images from the full model's features. */
export function encodeFeatures(encoder: ShippedNetwork, features: Float32Array, featureSize: number): Float32Array[] {
  const { logits, outputs, count } = predictVectors(encoder, features, featureSize)
  return Array.from({ length: count }, (_, image) => softmax(logits.subarray(image * outputs, (image + 1) * outputs)))
}

interface Standardised {
  readonly values: Float32Array
  readonly mean: Float32Array
  readonly deviation: Float32Array
}

/** Zero mean and unit variance per feature, so that one λ fits any trunk. */
function standardise(features: Float32Array, size: number): Standardised {
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

/** −L* − L̄* + ramp · (−I(x;k) + incoherence + association), each with its weight. */
function encoderLoss(encoder: TwoLevelEncoder, { x, targets, prior }: BatchTensors, settings: EncoderSettings, ramp: number): tf.Scalar {
  const { z, code, codeLogits, reconstructedFeatures, reconstructedZ } = encoder.run(x)
  const first = infoVaeLoss({ input: x, reconstruction: reconstructedFeatures, latents: z, prior: prior.z }, settings, 1)
  // Level two explains z as it is: the gradient of its own reconstruction target is stopped, or z would shrink to be easy.
  const fixedZ = tf.tensor2d(z.dataSync<'float32'>(), z.shape)
  const second = infoVaeLoss({ input: fixedZ, reconstruction: reconstructedZ, latents: codeLogits, prior: prior.code }, settings, settings.codePriorScale)
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

function trainEncoder(context: StageContext, features: Standardised, sizes: EncoderSizes, targets: Float32Array | undefined): TwoLevelEncoder {
  const { config, progress, signal, dataset } = context
  const settings = config.encoder
  const random = createRandom(config.seed).fork('encoder')
  const encoder = new TwoLevelEncoder(sizes, random)
  const optimizer = tf.train.adam(settings.learningRate)
  const batches = new SceneBatches(context)
  const batchSize = settings.scenesPerBatch * settings.framesPerScene
  const steps = Math.ceil((dataset.train.labels.length / batchSize) * settings.epochs)
  const prior = (columns: number, deviation: number): tf.Tensor2D =>
    tf.tensor2d(Float32Array.from({ length: priorSamples * columns }, () => random.normal() * deviation), [priorSamples, columns])
  progress.start()
  for (let step = 0; step < steps; step++) {
    if (signal.aborted) throw new CacheNetError('aborted', `Stopped while training the code. --resume ${context.run.path} trains it again.`)
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
    progress.count('code', step + 1, steps, `loss ${loss.toFixed(3)}`)
  }
  optimizer.dispose()
  return encoder
}

/**
 * Stage 3: the encoder, both levels, on the trunk of the full model: which images belong together, found from what the full model sees
 * (features), what it must keep (reconstruction), what stays together in a stream (coherence), and even areas (information).
 */
export async function trainCode(context: StageContext, full: TrainedNetwork, associated?: AssociatedTargets): Promise<CodeStage> {
  const { config, dataset, input, progress, run } = context
  progress.start()
  const { features, featureSize } = predictImages(full, dataset.train, input, (done, of) => progress.count('features', done, of))
  const sizes = { features: featureSize, hidden: config.encoder.hiddenSize, latent: config.encoder.latentSize, partitions: config.partitionCount }
  const spec = encoderSpec(sizes)
  const path = run.checkpointPath(associated === undefined ? 'encoder.bin' : 'encoder-associated.bin')
  const stored = planNetwork(spec).tensors.map(({ name, shape, size }) => ({ name, shape, values: new Float32Array(size) }))
  const isTrained = (await readCheckpoint(path, stored.map(({ values }) => values))) !== undefined
  let weights: NamedTensor[] = stored
  if (!isTrained) {
    const standardised = standardise(features, featureSize)
    const encoder = trainEncoder(context, standardised, sizes, associated?.values)
    weights = encoder.fold(standardised.mean, standardised.deviation)
    // Before the decoders are gone, and before the checkpoint: where there is one, the report has what it shows.
    await keepReconstructions(context, { full, encoder, ...standardised })
    encoder.dispose()
    await writeCheckpoint(path, 1, weights.map(({ values }) => values))
  }
  const encoder = shipWeights(spec, weights)
  return { encoder, trainCodes: encodeFeatures(encoder, features, featureSize) }
}

import type { NamedTensor } from '../../core/bundle/weights.ts'
import { softmax } from '../../core/gate/entropy.ts'
import { encoderSpec } from '../models/encoder.ts'
import { predictImages, predictVectors } from '../models/predict.ts'
import { shipWeights, type ShippedNetwork, type TrainedNetwork } from '../models/trained-network.ts'
import { planNetwork } from '../../core/network/spec.ts'
import { keepReconstructions } from '../report/gather/keep-reconstructions.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import type { StageContext } from './context.ts'
import { standardise, trainEncoder } from './train-encoder.ts'

export interface CodeStage {
  /** Reads the full model's features. */
  readonly encoder: ShippedNetwork
  /** c(x) of each training image, K values each. */
  readonly trainCodes: readonly Float32Array[]
}

/** What the encoder reads: features of the full model, row by row. */
export interface TrunkFeatures {
  readonly full: TrainedNetwork
  /** [training images, size] */
  readonly values: Float32Array
  readonly size: number
}

/** Runs the full model over all training images: minutes where it is large. */
export function trunkFeatures({ dataset, input, progress }: StageContext, full: TrainedNetwork): TrunkFeatures {
  progress.start()
  const { features, featureSize } = predictImages(full, dataset.train, input, (done, of) => progress.count('features', done, of))
  return { full, values: features, size: featureSize }
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

/**
 * Stage 3: the encoder, both levels, on the trunk of the full model: which images belong together, found from what the full model sees
 * (features), what it must keep (reconstruction), what stays together in a stream (coherence), and even areas (information).
 */
export async function trainCode(context: StageContext, trunk: TrunkFeatures, associated?: AssociatedTargets): Promise<CodeStage> {
  const { config, run } = context
  const sizes = { features: trunk.size, hidden: config.encoder.hiddenSize, latent: config.encoder.latentSize, partitions: config.partitionCount }
  const spec = encoderSpec(sizes)
  const path = run.checkpointPath(associated === undefined ? 'encoder.bin' : 'encoder-associated.bin')
  const stored = planNetwork(spec).tensors.map(({ name, shape, size }) => ({ name, shape, values: new Float32Array(size) }))
  const isTrained = (await readCheckpoint(path, stored.map(({ values }) => values))) !== undefined
  let weights: NamedTensor[] = stored
  if (!isTrained) {
    const standardised = standardise(trunk.values, trunk.size)
    const encoder = await trainEncoder(context, standardised, sizes, associated?.values)
    weights = encoder.fold(standardised.mean, standardised.deviation)
    // Before the decoders are gone, and before the checkpoint: where there is one, the report has what it shows.
    await keepReconstructions(context, { full: trunk.full, encoder, ...standardised })
    encoder.dispose()
    await writeCheckpoint(path, 1, weights.map(({ values }) => values))
  }
  const encoder = shipWeights(spec, weights)
  return { encoder, trainCodes: encodeFeatures(encoder, trunk.values, trunk.size) }
}

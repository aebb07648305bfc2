import { featureSizeOfFull } from '../../core/bundle/full-network.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { encoderSpec } from '../models/encoder.ts'
import { predictImages } from '../models/predict.ts'
import { shipWeights, type FullModel, type ShippedNetwork } from '../models/ship-network.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import type { StageContext } from './context.ts'
import { keepReconstructions } from './keep-reconstructions.ts'
import type { Region } from './regions.ts'
import { standardise, trainEncoder } from './train-encoder.ts'

/** What the encoder reads: features of the full model, row by row. */
export interface TrunkFeatures {
  readonly full: FullModel
  /** [training images, size] */
  readonly values: Float32Array
  readonly size: number
}

/** Runs the full model over all training images: minutes where it is large. */
export function trunkFeatures({ dataset, input, progress }: StageContext, full: FullModel): TrunkFeatures {
  progress.start()
  const { features, featureSize } = predictImages(full, dataset.train, input, (done, of) =>
    progress.count('features', done, of),
  )
  return { full, values: features, size: featureSize }
}

/**
 * Stage 3: the encoder, both levels, on the trunk of the full model: what the full model sees in an image
 * (features, reconstruction), in even areas (information), says which region its scene belongs to.
 */
export async function trainCode(
  context: StageContext,
  full: FullModel,
  regions: readonly Region[],
  shared: { trunk?: TrunkFeatures } = {},
): Promise<ShippedNetwork> {
  const { config, run, progress } = context
  const sizes = {
    features: featureSizeOfFull(full.spec),
    hidden: config.encoder.hiddenSize,
    latent: config.encoder.latentSize,
    partitions: regions.length,
  }
  const spec = encoderSpec(sizes)
  const path = run.checkpointPath('encoder.bin')
  const stored = planNetwork(spec).tensors.map(({ name, shape, size }) => ({
    name,
    shape,
    values: new Float32Array(size),
  }))
  const isTrained =
    (await readCheckpoint(
      path,
      stored.map(({ values }) => values),
      (sentence) => progress.say(sentence),
    )) !== undefined
  if (isTrained) return shipWeights(spec, stored)
  // Minutes where the full model is large: only where the code is not trained yet.
  const trunk = (shared.trunk ??= trunkFeatures(context, full))
  const standardised = standardise(trunk.values, trunk.size)
  const encoder = await trainEncoder(context, standardised, sizes, regions)
  const weights = encoder.fold(standardised.mean, standardised.deviation)
  // Before the decoders are gone, and before the checkpoint: where there is one, the report has what it
  // shows.
  await keepReconstructions(context, { full: trunk.full, encoder, ...standardised })
  encoder.dispose()
  await writeCheckpoint(
    path,
    1,
    weights.map(({ values }) => values),
  )
  return shipWeights(spec, weights)
}

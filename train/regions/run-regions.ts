import { join } from 'node:path'
import { argMax } from '../../core/gate/entropy.ts'
import { trainedSettings } from '../config/schema.ts'
import { measureInput } from '../data/dataset.ts'
import { dataIdentity } from '../data/data-identity.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { predictImages, type Predictions } from '../models/predict.ts'
import { RunFolder } from '../run/run-folder.ts'
import type { SeriesRequest } from '../run/series-request.ts'
import { trainFull } from '../stages/1-full.ts'
import { encodeFeatures, trainCode, trunkFeatures, type TrunkFeatures } from '../stages/3-code.ts'
import type { StageContext } from '../stages/context.ts'
import { takeFull } from '../stages/take-full.ts'
import type { SeededCode } from './format-regions.ts'

export interface RegionsRequest extends SeriesRequest {
  readonly seeds: readonly number[]
}

interface Trunk {
  readonly training: TrunkFeatures
  readonly validation: Predictions
}

/** Trains the code alone with each seed, all on one full model. Stopped at any time, the same call goes on where it was. */
export async function runRegions(signal: AbortSignal, { preset, data, config, dataset, folder, fullFrom, seeds, progress }: RegionsRequest): Promise<SeededCode[]> {
  await startTrainingBackend()
  const input = measureInput(dataset.train, dataset.size)
  const openTrunk = async (context: StageContext): Promise<Trunk> => {
    if (fullFrom !== undefined) await takeFull(context, fullFrom)
    const training = trunkFeatures(context, await trainFull(context))
    return { training, validation: predictImages(training.full, dataset.validation, input, () => undefined) }
  }
  const codes: SeededCode[] = []
  let trunk: Trunk | undefined
  for (const seed of seeds) {
    const own = { ...config, seed }
    const run = await RunFolder.openOrResume(join(folder, `seed-${seed}`), { dataset: preset, data, config: trainedSettings(own), ...dataIdentity(dataset) })
    const context: StageContext = { signal, config: own, dataset, input, run, progress }
    trunk ??= await openTrunk(context)
    progress.say(`\nCode of seed ${seed}`)
    const { encoder } = await trainCode(context, trunk.training)
    const { features, featureSize } = trunk.validation
    codes.push({ seed, chosen: encodeFeatures(encoder, features, featureSize).map((code) => argMax(code)) })
  }
  return codes
}

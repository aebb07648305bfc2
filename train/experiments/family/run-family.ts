import { join } from 'node:path'
import { argMax } from '../../../core/gate/entropy.ts'
import { createRandom } from '../../../core/random.ts'
import { trainedSettings } from '../../config/schema.ts'
import { dataIdentity } from '../../data/data-identity.ts'
import { measureInput, splitCount } from '../../data/dataset.ts'
import { startTrainingBackend } from '../../kernels/register.ts'
import { initialise, type Architecture } from '../../models/architecture.ts'
import { predictImages } from '../../models/predict.ts'
import { logitsOf } from '../../models/predictions.ts'
import { whiteningFilters } from '../../models/whitening.ts'
import { RunFolder } from '../../run/run-folder.ts'
import { allImages } from '../../stages/1-full.ts'
import type { StageContext } from '../../stages/context.ts'
import { trainNetwork } from '../../stages/train-network.ts'
import type { SeriesRequest } from '../series-request.ts'
import type { FamilyArm } from './choose-networks.ts'
import type { TimedNetwork } from './timed-networks.ts'

/** One training of one arm. */
export interface FamilyTraining {
  readonly arm: FamilyArm['name']
  readonly seed: number
  readonly network: TimedNetwork
  /** Of the network's weights as it ships. */
  readonly bytes: number
  /** Share of the validation images that it is right on. */
  readonly accuracy: number
  /** Processor time of all threads; 0 where the training was finished before. */
  readonly cpuSeconds: number
}

export interface FamilyRequest extends SeriesRequest {
  readonly arms: readonly FamilyArm[]
  readonly seeds: readonly number[]
}

const architectureOf = (network: TimedNetwork, classes: number): Architecture =>
  network.family === 'separable'
    ? { family: 'separable', size: network.size, width: network.width, depth: network.depth, classes }
    : { size: network.size, widths: network.widths, classes }

/**
 * Trains every arm with every seed on the labels alone, without a teacher, by the settings of the generalist:
 * the families are what differs. Judged on validation images. Stopped at any time, the same call goes on
 * where it was.
 */
export async function runFamily(
  signal: AbortSignal,
  { preset, data, config, dataset, folder, progress, arms, seeds }: FamilyRequest,
): Promise<FamilyTraining[]> {
  await startTrainingBackend()
  const input = measureInput(dataset.train, dataset.size)
  const trainings: FamilyTraining[] = []
  for (const seed of seeds)
    for (const { name: arm, network } of arms) {
      const own = { ...config, seed }
      const architecture = architectureOf(network, dataset.classNames.length)
      const run = await RunFolder.openOrResume(join(folder, `${arm.replace(/\W+/g, '-')}-${seed}`), {
        dataset: preset,
        data,
        config: { ...trainedSettings(own), architecture },
        ...dataIdentity(dataset),
      })
      const context: StageContext = { signal, config: own, dataset, input, run, progress }
      // The same whitening, order and changes of the images for all arms of a seed.
      const random = createRandom(seed).fork('family')
      const before = process.cpuUsage()
      const trained = await trainNetwork(context, {
        name: 'generalist',
        architecture,
        initial: initialise(architecture, whiteningFilters(dataset.train.pixels, input, random), random),
        members: allImages(context),
        outsiders: [],
        teacher: undefined,
        settings: { ...config.generalist, loss: { ...config.generalist.loss, distillation: 0 } },
        seed,
      })
      const { user, system } = process.cpuUsage(before)
      const predictions = predictImages(trained, dataset.validation, input)
      const right = dataset.validation.labels.reduce(
        (sum, label, image) => sum + Number(argMax(logitsOf(predictions, image)) === label),
        0,
      )
      trainings.push({
        arm,
        seed,
        network,
        bytes: trained.blob.byteLength,
        accuracy: right / splitCount(dataset.validation),
        cpuSeconds: (user + system) / 1e6,
      })
    }
  return trainings
}

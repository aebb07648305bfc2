import { createRandom } from '../../core/random.ts'
import { splitCount } from '../data/dataset.ts'
import type { Architecture } from '../models/architecture.ts'
import { sizedArchitecture } from '../models/sized-architecture.ts'
import type { TrainedNetwork } from '../models/ship-network.ts'
import type { StageContext } from './context.ts'
import { firstParameters } from './first-parameters.ts'
import { trainNetwork } from './train-network.ts'

/** Indices of all training images. */
export const allImages = (context: StageContext): Int32Array =>
  Int32Array.from({ length: splitCount(context.dataset.train) }, (_, index) => index)

export const fullArchitecture = ({
  config,
  dataset,
}: Pick<StageContext, 'config' | 'dataset'>): Architecture =>
  sizedArchitecture(config.full, { size: dataset.size, classes: dataset.classNames.length })

/**
 * Stage 1: the full model, from scratch or from the trunk of a base, on everything. It is the teacher of all
 * others and answers the misses.
 */
export async function trainFull(context: StageContext): Promise<TrainedNetwork> {
  const { config } = context
  const random = createRandom(config.seed).fork('full')
  const architecture = fullArchitecture(context)
  return trainNetwork(context, {
    name: 'full',
    architecture,
    initial: firstParameters(context, 'full', architecture, random),
    members: allImages(context),
    outsiders: [],
    teacher: undefined,
    settings: config.full,
    seed: config.seed,
  })
}

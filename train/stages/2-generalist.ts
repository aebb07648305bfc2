import { createRandom } from '../../core/random.ts'
import { sizedArchitecture, type NetworkSize } from '../models/sized-architecture.ts'
import type { TrainedNetwork } from '../models/ship-network.ts'
import type { Teacher } from '../parallel/job.ts'
import { allImages } from './1-full.ts'
import type { StageContext } from './context.ts'
import { firstParameters } from './first-parameters.ts'
import { outsidersOf } from './outsiders.ts'
import { trainNetwork } from './train-network.ts'

/** Another network that knows all classes: what partitions of another size start from. It does not ship. */
export interface OtherSize {
  readonly name: string
  readonly size: NetworkSize
}

/**
 * Stage 2: a small network, on everything, taught by the full model. It is Cascade's network, what the
 * partitions of its size start from (from scratch each would see a fraction of the data), and always resident
 * on the phone.
 */
export async function trainGeneralist(
  context: StageContext,
  teacher: Teacher,
  { name, size }: OtherSize = { name: 'generalist', size: context.config.generalist },
): Promise<TrainedNetwork> {
  const { config, dataset } = context
  const random = createRandom(config.seed).fork(name)
  const architecture = sizedArchitecture(size, { size: dataset.size, classes: dataset.classNames.length })
  return trainNetwork(context, {
    name,
    architecture,
    initial: firstParameters(context, name === 'generalist' ? name : undefined, architecture, random),
    members: allImages(context),
    outsiders: outsidersOf(context, [], config.generalist.loss),
    teacher,
    settings: config.generalist,
    seed: config.seed + 1,
  })
}

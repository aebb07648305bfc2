import { createRandom } from '../../core/random.ts'
import { initialise } from '../models/architecture.ts'
import type { TrainedNetwork } from '../models/trained-network.ts'
import { whiteningFilters } from '../models/whitening.ts'
import type { Teacher } from '../parallel/job.ts'
import { allImages } from './1-full.ts'
import type { StageContext } from './context.ts'
import { trainNetwork } from './train-network.ts'

/**
 * Stage 2: one network of a partition's size, on everything, taught by the full model. It is Cascade's network, what the partitions
 * start from (from scratch each would see a fraction of the data), and always resident on the phone.
 */
export async function trainGeneralist(context: StageContext, teacher: Teacher): Promise<TrainedNetwork> {
  const { config, dataset, input } = context
  const random = createRandom(config.seed).fork('generalist')
  const architecture = { size: dataset.size, widths: config.generalist.widths, classes: dataset.classNames.length }
  return trainNetwork(context, {
    name: 'generalist',
    architecture,
    initial: initialise(architecture, whiteningFilters(dataset.train.pixels, input, random), random),
    members: allImages(context),
    outsiders: [],
    teacher,
    settings: config.generalist,
    seed: config.seed + 1,
  })
}

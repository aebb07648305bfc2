import { splitCount } from '../data/dataset.ts'
import { isFullGraph } from '../full/full-graph.ts'
import { teacherOfGraph } from '../full/teacher-of-graph.ts'
import { createTeacher } from '../parallel/ask-teacher.ts'
import type { Teacher } from '../parallel/job.ts'
import { trainFull } from './1-full.ts'
import { trainGeneralist } from './2-generalist.ts'
import { trainCode, type TrunkFeatures } from './3-code.ts'
import { trainPartitions } from './4-partitions.ts'
import { isSameSize, partitionSize } from '../models/sized-architecture.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import { classConfusion } from './class-confusion.ts'
import type { StageContext } from './context.ts'
import { formRegions } from './regions.ts'

/**
 * What runs with the same full model and training images share: what it has told of them, which is minutes
 * where it is large.
 */
export interface SharedAnswers {
  teacher?: Teacher
  trunk?: TrunkFeatures
}

/**
 * Stages 1 to 4: every network of a bundle. What a checkpoint of the run holds is not trained again, what
 * `shared` holds not asked again.
 */
export async function trainOnSharedAnswers(
  context: StageContext,
  shared: SharedAnswers = {},
): Promise<TrainedNetworks> {
  const { config, dataset, progress } = context
  const full = context.fullGraph ?? (await trainFull(context))
  const teacher = (shared.teacher ??= isFullGraph(full)
    ? teacherOfGraph(full, dataset.train, config.augment.mirror)
    : createTeacher(full, splitCount(dataset.train), dataset.classNames.length))
  const generalist = await trainGeneralist(context, teacher)
  if (config.partitionCount === 0) return { full, generalist, encoder: undefined, partitions: [] }
  const regions = formRegions(
    dataset.classNames,
    dataset.places,
    classConfusion(context, full),
    config.partitionCount,
  )
  for (const [index, { name, classIndices }] of regions.entries())
    progress.say(`Region ${index + 1}: ${name}, ${classIndices.length} classes`)
  const encoder = await trainCode(context, full, regions, shared)
  const size = partitionSize(config)
  const base = isSameSize(size, config.generalist)
    ? generalist
    : await trainGeneralist(context, teacher, { name: 'base', size })
  return {
    full,
    generalist,
    encoder,
    partitions: await trainPartitions(context, { teacher, base, generalist, regions }),
  }
}

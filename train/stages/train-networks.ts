import { splitCount } from '../data/dataset.ts'
import { createTeacher } from '../parallel/ask-teacher.ts'
import { trainFull } from './1-full.ts'
import { trainGeneralist } from './2-generalist.ts'
import { trainCode, trunkFeatures } from './3-code.ts'
import { associate, trainPartitions } from './4-partitions.ts'
import type { TrainedNetworks } from './answers.ts'
import type { StageContext } from './context.ts'

/** Stages 1 to 4: every network of a bundle. What a checkpoint of the run holds is not trained again. */
export async function trainNetworks(context: StageContext): Promise<TrainedNetworks> {
  const { config, dataset } = context
  const full = await trainFull(context)
  const teacher = createTeacher(full, splitCount(dataset.train), dataset.classNames.length)
  const generalist = await trainGeneralist(context, teacher)
  if (config.partitionCount === 0) return { full, generalist, encoder: undefined, partitions: [] }
  const trunk = trunkFeatures(context, full)
  const first = await trainCode(context, trunk)
  const code = config.encoder.association === 0 ? first : await trainCode(context, trunk, await associate(context, { teacher, generalist, code: first }))
  const partitions = await trainPartitions(context, { teacher, generalist, code })
  return { full, generalist, encoder: code.encoder, partitions }
}

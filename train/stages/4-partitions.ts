import { softmax } from '../../core/gate/entropy.ts'
import { createRandom } from '../../core/random.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { shipDelta, startDelta } from '../models/generator.ts'
import { logitsOf, predictImages } from '../models/predict.ts'
import type { ShippedNetwork, TrainedNetwork } from '../models/trained-network.ts'
import { associationTargets } from '../objective/association.ts'
import { memberships } from '../objective/code.ts'
import type { Teacher } from '../parallel/job.ts'
import type { AssociatedTargets, CodeStage } from './3-code.ts'
import type { PartitionForms } from './answers.ts'
import type { StageContext } from './context.ts'
import { trainNetwork, trainParameters } from './train-network.ts'

/** Below this a partition has nothing to learn from: the code left its area empty. */
const fewestMembers = 64

export const partitionId = (index: number): string => `p${index + 1}`

export interface Region {
  readonly members: readonly number[]
  readonly outsiders: readonly number[]
}

export interface PartitionStages {
  readonly teacher: Teacher
  readonly generalist: TrainedNetwork
  readonly code: CodeStage
}

/** The images that each partition learns from, P(x) ∋ k, and those that it is to be uncertain of. Throws where a region is empty. */
export function regionsOf({ config }: Pick<StageContext, 'config'>, codes: readonly Float32Array[], labels: ArrayLike<number>): Region[] {
  const belongs = memberships(codes, labels, config.encoder)
  return Array.from({ length: config.partitionCount }, (_, index) => {
    const members: number[] = []
    const outsiders: number[] = []
    for (const [image, region] of belongs.entries()) (region.has(index) ? members : outsiders).push(image)
    if (members.length >= fewestMembers) return { members, outsiders }
    throw new CacheNetError(
      'config-invalid',
      `The code left partition ${partitionId(index)} with ${members.length} images. Lower partitionCount, or raise encoder.mutualInformation.`,
      { partition: partitionId(index), members: members.length },
    )
  })
}

/**
 * Stage 4: K specialists, each the generalist trained on with the images of its region and kept uncertain on the others; once with all
 * its weights, and once as a difference from the generalist that is small enough to travel with an answer.
 */
export async function trainPartitions(context: StageContext, stages: PartitionStages): Promise<PartitionForms[]> {
  const { config } = context
  const { generalist, teacher } = stages
  const partitions: PartitionForms[] = []
  for (const [index, region] of regionsOf(context, stages.code.trainCodes, context.dataset.train.labels).entries()) {
    const name = partitionId(index)
    const seed = config.seed + 2 + index
    const whole = await trainNetwork(context, {
      name,
      architecture: generalist.architecture,
      initial: generalist.vector,
      ...region,
      teacher,
      settings: config.partition,
      seed,
    })
    partitions.push({ whole, delta: await trainDelta(context, stages, region, index, `${name}-delta`) })
  }
  return partitions
}

async function trainDelta(context: StageContext, { generalist, teacher }: PartitionStages, region: Region, index: number, name: string): Promise<ShippedNetwork> {
  const { config } = context
  const { architecture, vector: initial } = startDelta(generalist, config.delta.rank, createRandom(config.seed).fork(`delta-${index}`))
  const settings = { optimizer: config.delta.optimizer, loss: config.partition.loss, cutoutPixels: config.partition.cutoutPixels }
  const vector = await trainParameters(context, { name, architecture, initial, ...region, teacher, settings, seed: config.seed + 2 + index })
  return shipDelta(generalist, { architecture, vector })
}

/**
 * The association round: partitions as deltas on a first code, and where they would have each training image, for the code to follow.
 */
export async function associate(context: StageContext, stages: PartitionStages): Promise<AssociatedTargets> {
  const { config, dataset, input, progress } = context
  const { labels } = dataset.train
  const losses = new Float32Array(labels.length * config.partitionCount)
  for (const [index, region] of regionsOf(context, stages.code.trainCodes, context.dataset.train.labels).entries()) {
    const scout = await trainDelta(context, stages, region, index, `${partitionId(index)}-scout`)
    progress.start()
    const predictions = predictImages(scout, dataset.train, input, (done, of) => progress.count(`${partitionId(index)}-scout`, done, of))
    for (const [image, label] of labels.entries()) {
      losses[image * config.partitionCount + index] = -Math.log(Math.max(1e-9, softmax(logitsOf(predictions, image))[label]!))
    }
  }
  return { values: associationTargets(losses, config.partitionCount, config.encoder.associationTemperature) }
}

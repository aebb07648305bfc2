import { headOutputs, type PartitionHead } from '../../core/bundle/partition-head.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { PartitionLossSettings } from '../config/schema.ts'
import { imagesByClass } from '../data/dataset.ts'
import { shipDelta } from '../models/generator.ts'
import { partitionId } from '../models/partition-id.ts'
import { startPartition } from '../models/start-partition.ts'
import type { ShippedNetwork, TrainedNetwork } from '../models/ship-network.ts'
import type { JobHead, Teacher } from '../parallel/job.ts'
import type { PartitionForms } from '../models/trained-networks.ts'
import type { StageContext } from './context.ts'
import { outsidersOf } from './outsiders.ts'
import { imagesOfRegion, type Region } from './regions.ts'
import { trainNetwork, trainParameters, type NetworkToTrain } from './train-network.ts'

/** Below this a partition has nothing to learn from. */
const fewestMembers = 64

export interface PartitionStages {
  readonly teacher: Teacher
  /** A network that knows all classes, of a partition's size: what each starts from. */
  readonly base: TrainedNetwork
  /** What is on the phone already; partitions of its size are small differences from it. */
  readonly generalist: TrainedNetwork
  readonly regions: readonly Region[]
}

/**
 * How often each output of a partition comes in training: its classes in their shares, and something else in
 * the share of outsiders.
 */
export function headOf(
  { classIndices, shares }: Region,
  { outsideShare }: Pick<PartitionLossSettings, 'outsideShare'>,
): PartitionHead {
  return { classIndices, prior: [...shares.map((share) => share * (1 - outsideShare)), outsideShare] }
}

function jobHead({ classIndices, shares }: Omit<Region, 'contexts' | 'name'>, classes: number): JobHead {
  const outputOf = new Int32Array(classes).fill(-1)
  for (const [output, index] of classIndices.entries()) outputOf[index] = output
  return {
    outputOf,
    classIndices: Int32Array.from(classIndices),
    logShares: Float32Array.from(shares, Math.log),
  }
}

/**
 * What the partition of a region learns from: its images as often as they are seen there, and all that is
 * something else. Throws `config-invalid` where that is too little.
 */
export function lessonsOf(
  { config, dataset }: StageContext,
  region: Omit<Region, 'contexts'>,
  index: number,
): Pick<NetworkToTrain, 'members' | 'outsiders' | 'head'> {
  const byClass = imagesByClass(dataset.train, dataset.classNames.length)
  const members = imagesOfRegion(region, byClass)
  const own = new Set(region.classIndices)
  if (config.partition.loss.outsideShare === 0) {
    throw new CacheNetError(
      'config-invalid',
      'A partition has to be shown what is something else: partition.loss.outsideShare must be above 0.',
      {},
    )
  }
  if (members.length >= fewestMembers)
    return {
      members,
      outsiders: outsidersOf(
        { dataset },
        byClass.flatMap((images, of) => (own.has(of) ? [] : images)),
        config.partition.loss,
      ),
      head: jobHead(region, dataset.classNames.length),
    }
  throw new CacheNetError(
    'config-invalid',
    `The region ${region.name} has ${members.length} images, and a partition needs ${fewestMembers}. Lower partitionCount.`,
    {
      partition: partitionId(index),
      members: members.length,
    },
  )
}

/**
 * Stage 4: a specialist for each region, the base trained on with the region's images, in its frequencies, by
 * a teacher that is told the region; and to say of everything else that it is something else. Once with all
 * its weights, and, where it has the generalist's size, once as a difference from it that is small enough to
 * travel with an answer.
 */
export async function trainPartitions(
  context: StageContext,
  stages: PartitionStages,
): Promise<PartitionForms[]> {
  const { config } = context
  const { base, teacher, regions, generalist } = stages
  const partitions: PartitionForms[] = []
  for (const [index, region] of regions.entries()) {
    const name = partitionId(index)
    const lessons = lessonsOf(context, region, index)
    const head = headOf(region, config.partition.loss)
    const start = startPartition(base, head)
    const shared = { ...lessons, teacher, seed: config.seed + 2 + index }
    const whole = await trainNetwork(context, { name, ...start, ...shared, settings: config.partition })
    const isDelta = config.delta.isTrained && base === generalist
    const delta = isDelta
      ? await trainDelta(context, stages, { ...shared, name: `${name}-delta`, head: lessons.head }, head)
      : undefined
    partitions.push({ name: region.name, classIndices: region.classIndices, head, whole, delta })
  }
  return partitions
}

async function trainDelta(
  context: StageContext,
  { generalist }: PartitionStages,
  lessons: Omit<NetworkToTrain, 'settings' | 'architecture' | 'initial'>,
  head: PartitionHead,
): Promise<ShippedNetwork> {
  const { config } = context
  const { architecture, initial } = startPartition(generalist, head)
  const settings = {
    optimizer: config.delta.optimizer,
    loss: config.partition.loss,
    cutoutPixels: config.partition.cutoutPixels,
  }
  const vector = await trainParameters(context, { ...lessons, architecture, initial, settings })
  return shipDelta(generalist, { architecture: { ...architecture, classes: headOutputs(head) }, vector })
}

import { CacheNetError } from '../../core/wire/errors.ts'
import type { TrainedNetwork } from '../models/trained-network.ts'
import { membership } from '../objective/code.ts'
import type { CodeStage } from './3-code.ts'
import type { StageContext } from './context.ts'
import { trainNetwork } from './train-network.ts'

/** Below this a partition has nothing to learn from: the code left its area empty. */
const fewestMembers = 64

export const partitionId = (index: number): string => `p${index + 1}`

/**
 * Stage 4: K specialists, each the generalist trained on with the images of its region, P(x) ∋ k, and kept uncertain on the others.
 */
export async function trainPartitions(
  context: StageContext,
  stages: { readonly full: TrainedNetwork; readonly generalist: TrainedNetwork; readonly code: CodeStage },
): Promise<TrainedNetwork[]> {
  const { config } = context
  const regions = stages.code.trainCodes.map((code) => new Set(membership(code, config.encoder.membershipThreshold)))
  const partitions: TrainedNetwork[] = []
  for (let index = 0; index < config.partitionCount; index++) {
    const members: number[] = []
    const outsiders: number[] = []
    for (const [image, region] of regions.entries()) (region.has(index) ? members : outsiders).push(image)
    if (members.length < fewestMembers) {
      throw new CacheNetError(
        'config-invalid',
        `The code left partition ${partitionId(index)} with ${members.length} images. Lower partitionCount, or raise encoder.mutualInformation.`,
        { partition: partitionId(index), members: members.length },
      )
    }
    partitions.push(
      await trainNetwork(context, {
        name: partitionId(index),
        architecture: stages.generalist.architecture,
        initial: stages.generalist.vector,
        members,
        outsiders,
        teacher: { ...stages.full, temperature: 1 },
        settings: config.partition,
        seed: config.seed + 2 + index,
      }),
    )
  }
  return partitions
}

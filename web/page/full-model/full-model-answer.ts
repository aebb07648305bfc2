import type { Manifest } from '../../../core/bundle/manifest.ts'
import { believedPartition, expectedShares } from '../../../core/gate/believed-partition.ts'
import { predictiveEntropy } from '../../../core/gate/entropy.ts'
import type { FrameAnswer } from '../../../core/wire/frames.ts'
import type { Classification } from '../../messages/inference.ts'

/** A partition is named where it knows so much of what the full model sees. */
const leastShare = 0.5

/**
 * What the full model on this device says of a frame, in the edge's words. There is no encoder here, so the
 * code is empty: the partition that is named is the one whose classes hold most of the answer.
 */
export function fullModelAnswer(
  { classNames, partitions }: Pick<Manifest, 'classNames' | 'partitions'>,
  { probabilities, classIndex, isStrange, timings }: Classification,
): FrameAnswer {
  const chosen = believedPartition({
    shares: expectedShares(
      partitions.map(({ classIndices }) => classIndices),
      probabilities.map((value) => value * probabilities.length),
    ),
    held: [],
    keepShare: 1,
    leastBelief: leastShare,
  })
  const partition = chosen === undefined ? undefined : partitions[chosen]
  return {
    classIndex,
    label: classNames[classIndex] ?? '',
    probabilities: [...probabilities],
    entropyNats: predictiveEntropy(probabilities),
    ...(isStrange === undefined ? {} : { isStrange }),
    code: [],
    ...(partition && { partition: { id: partition.id, whole: partition.whole } }),
    answeredBy: 'full',
    timings: { decodeMs: timings.pixelsMs, queueMs: 0, inferenceMs: timings.inferenceMs },
  }
}

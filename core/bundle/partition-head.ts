import type { NetworkSpec } from '../network/spec.ts'
import { CacheNetError } from '../wire/errors.ts'

/**
 * What the outputs of a partition stand for: classes of its own, and last of all *something else*, whatever
 * its region does not hold. A head of a dozen outputs is a tenth of one over all classes, and it can say that
 * it does not know.
 */
export interface PartitionHead {
  /** Classes of the bundle, in the order of the outputs. */
  readonly classIndices: readonly number[]
  /** How often each output came in training: one for each class and, last, for something else. Sums to 1. */
  readonly prior: readonly number[]
}

/** Outputs of a partition with this head. */
export const headOutputs = ({ classIndices }: PartitionHead): number => classIndices.length + 1

/**
 * The network of a partition with a head of its own: the one that all partitions share, with as many outputs
 * as the head has. Throws `manifest-invalid` where the shared network does not end in a dense layer.
 */
export function partitionSpec(shared: NetworkSpec, head: PartitionHead | undefined): NetworkSpec {
  if (head === undefined) return shared
  const last = shared.layers.at(-1)
  if (last?.kind !== 'dense')
    throw new CacheNetError(
      'manifest-invalid',
      'The network of the partitions has no dense layer at its end.',
      {},
    )
  return { ...shared, layers: [...shared.layers.slice(0, -1), { ...last, units: headOutputs(head) }] }
}

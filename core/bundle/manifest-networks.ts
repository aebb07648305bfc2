import type { NetworkSpec } from '../network/spec.ts'
import { isGraph } from './full-network.ts'
import type { Manifest, Partition } from './manifest.ts'
import type { ModelInput } from './model-input.ts'
import { partitionSpec, type PartitionHead } from './partition-head.ts'

/** What the full model reads: an input of its own where somebody brought it, or else that of all networks. */
export const fullInputOf = ({ networks, input }: Pick<Manifest, 'networks' | 'input'>): ModelInput =>
  isGraph(networks.full) ? networks.full.input : input

/** The head of a partition; undefined where it answers all classes of the bundle. */
export const headOf = ({
  classIndices,
  prior,
}: Pick<Partition, 'classIndices' | 'prior'>): PartitionHead | undefined =>
  prior === undefined ? undefined : { classIndices, prior }

/** The network of a partition: its own outputs on what all partitions share. */
export const specOfPartition = (
  { networks }: Pick<Manifest, 'networks'>,
  partition: Pick<Partition, 'classIndices' | 'prior'>,
): NetworkSpec => partitionSpec(networks.partition, headOf(partition))

/**
 * How many outputs a partition has, or the generalist: classes of its own and something else, or all classes.
 */
export function outputsOf(
  { partitions, classNames }: Pick<Manifest, 'partitions' | 'classNames'>,
  network: string,
): number {
  const partition = partitions.find(({ id }) => id === network)
  return partition?.prior?.length ?? classNames.length
}

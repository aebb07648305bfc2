import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import type { FullModel, ShippedNetwork } from './ship-network.ts'

/** A specialist in the forms in which it ships. */
export interface PartitionForms {
  /** What it is for, in words. */
  readonly name: string
  /** Its own classes; all of them where it has no head of its own. */
  readonly classIndices: readonly number[]
  readonly head: PartitionHead | undefined
  readonly whole: ShippedNetwork
  /** As a difference from the generalist; undefined where it is of another size. */
  readonly delta: ShippedNetwork | undefined
}

/** Every network of a bundle. */
export interface TrainedNetworks {
  readonly full: FullModel
  readonly generalist: ShippedNetwork
  /** Absent, and no partitions, where the generalist is all. */
  readonly encoder: ShippedNetwork | undefined
  readonly partitions: readonly PartitionForms[]
}

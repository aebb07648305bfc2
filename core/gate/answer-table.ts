import type { PartitionHead } from '../bundle/partition-head.ts'

/** What `probabilitiesOf` calls the full model. */
export const fullId = 'full'

/**
 * The label of a picture that shows none of the classes: nobody can answer it rightly, and nobody should be
 * certain of it.
 */
export const strangerLabel = -1

/** What every network says of every image: the stream is replayed from this table, no network runs. */
export interface AnswerTable {
  /**
   * Entropy in nats of each image under a network, by the network's id (partitions and the generalist).
   */
  readonly entropies: ReadonlyMap<string, Float32Array>
  /** Index of the class that a network answers, by the same ids. */
  readonly answers: ReadonlyMap<string, ArrayLike<number>>
  /**
   * Whether each image is strange to a network (1) or not (0), by the same ids and for the full model as
   * `full`. Nothing is, where it is left out.
   */
  readonly strange?: ReadonlyMap<string, ArrayLike<number>> | undefined
  readonly fullAnswers: ArrayLike<number>
  /** The true class of each image, or `strangerLabel`. */
  readonly labels: ArrayLike<number>
  /** c(x) of each image, and the ids of the partitions in the code's order. */
  readonly codes: readonly ArrayLike<number>[]
  readonly partitions: readonly string[]
  /** Of partitions that have outputs of their own. */
  readonly heads?: ReadonlyMap<string, PartitionHead> | undefined
  /**
   * Calibrated outputs of a network, by the same ids, or of the full model as `full`: [images × outputs].
   * Asked for by gates with a scene prior only.
   */
  readonly probabilitiesOf?: (network: string) => Float32Array
  /** What the generalist says at a second look; left out where it takes none. */
  readonly secondLook?: SecondLookTable | undefined
}

/** The same of the second looks of one network. What is strange to it is so at both. */
export interface SecondLookTable {
  readonly entropies: Float32Array
  readonly answers: ArrayLike<number>
  /** Asked for by gates with a scene prior only. */
  readonly probabilities?: () => Float32Array
}

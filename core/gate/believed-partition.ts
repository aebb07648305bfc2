import { selectPartition } from './select-partition.ts'

/**
 * How much of what the stream is expected to show each partition knows: the sum of the scene's prior over its
 * classes. A place that is believed in gives its partition nearly all; one class gives it to every partition
 * that holds the class.
 *
 * @param classes of each partition, as indices
 * @param factors what the scene makes of each class, π_c · C
 */
export function expectedShares(
  classes: readonly (readonly number[])[],
  factors: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(
    classes,
    (indices) => indices.reduce((sum, index) => sum + (factors[index] ?? 0), 0) / factors.length,
  )
}

/** What decides which partition a frame is for. */
export interface BelievedPartition {
  /** Of each partition: see `expectedShares`. */
  readonly shares: ArrayLike<number>
  /** Indices of the partitions that the device holds, most recently used first. */
  readonly held: readonly number[]
  /** A held partition is kept where it knows at least so much of what the best one knows. */
  readonly keepShare: number
  /** Below this share the stream is nobody's, and the generalist is asked. */
  readonly leastBelief: number
}

/** The partition that knows what the stream is expected to show; undefined where none knows enough of it. */
export function believedPartition({
  shares,
  held,
  keepShare,
  leastBelief,
}: BelievedPartition): number | undefined {
  if (shares.length === 0) return undefined
  const chosen = selectPartition(shares, held, keepShare)
  return (shares[chosen] ?? 0) >= leastBelief ? chosen : undefined
}

import { argMax } from './entropy.ts'

/**
 * The selector: the partition that the code gives most to, unless one that the device holds is nearly as
 * good. A scene's rare frames belong to several partitions; taking the one at hand spares a download and the
 * eviction of what the next frame needs.
 *
 * @param code c(x), one value a partition
 * @param held indices of the partitions that the device holds, most recently used first
 * @param keepShare a held partition k is kept where c_k ≥ keepShare · max c
 */
export function selectPartition(code: ArrayLike<number>, held: readonly number[], keepShare: number): number {
  const best = argMax(code)
  const least = keepShare * (code[best] ?? 0)
  return held.find((index) => (code[index] ?? -Infinity) >= least) ?? best
}

import type { Manifest } from '../../../core/bundle/manifest.ts'

/**
 * Of each class, the share of its images that the selector sends to each partition: [class][partition], rows
 * sum to 1. From the counts that training left in the metrics; undefined where a bundle has none, or none
 * that fit it.
 */
export function classShares({
  metrics,
  classNames,
  partitions,
}: Pick<Manifest, 'metrics' | 'classNames' | 'partitions'>): number[][] | undefined {
  const counts = metrics['classByPartition']
  if (!Array.isArray(counts) || counts.length !== classNames.length || partitions.length === 0)
    return undefined
  const shares: number[][] = []
  for (const row of counts as unknown[]) {
    if (
      !Array.isArray(row) ||
      row.length !== partitions.length ||
      !row.every((count): count is number => typeof count === 'number' && count >= 0)
    )
      return undefined
    const sum = row.reduce((total, count) => total + count, 0)
    shares.push(row.map((count) => (sum === 0 ? 0 : count / sum)))
  }
  return shares
}

/** Pairs of partitions of two codes, the largest overlaps first: names of partitions mean nothing, they may change places with the seed. */
export function matchPartitions(first: readonly number[], other: readonly number[], partitions: number): number[] {
  const overlap = Array.from({ length: partitions }, () => new Array<number>(partitions).fill(0))
  for (const [image, mine] of first.entries()) overlap[mine]![other[image]!]!++
  const pairs = overlap.flatMap((row, mine) => row.map((count, theirs) => ({ mine, theirs, count }))).sort((a, b) => b.count - a.count)
  const matched = new Array<number>(partitions).fill(-1)
  for (const { mine, theirs } of pairs) if (matched[mine] === -1 && !matched.includes(theirs)) matched[mine] = theirs
  return matched
}

/**
 * Share of the images that two codes put into the same region, once their partitions are matched.
 *
 * @param first partition that a code gives each image to
 * @param other the same of another code
 */
export function agreement(first: readonly number[], other: readonly number[], partitions: number): number {
  const matched = matchPartitions(first, other, partitions)
  return first.filter((mine, image) => matched[mine] === other[image]).length / Math.max(1, first.length)
}

/** Share of each class's images in each partition: [class][partition]. */
export function classShares(chosen: readonly number[], labels: ArrayLike<number>, classes: number, partitions: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(partitions).fill(0))
  for (const [image, partition] of chosen.entries()) counts[labels[image]!]![partition]!++
  return counts.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0)
    return row.map((count) => (sum === 0 ? 0 : count / sum))
  })
}

/** The middle value, or the mean of the two in the middle; undefined where there are none. */
export function median(values: Iterable<number>): number | undefined {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  return sorted.length % 2 === 1 || upper === undefined ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/**
 * The value below which a share of the values lies, on a straight line between the two nearest (type 7 of
 * Hyndman & Fan 1996); undefined where there are none.
 *
 * @param share 0 to 1; 0.5 is the median
 */
export function quantile(values: Iterable<number>, share: number): number | undefined {
  const sorted = Float64Array.from(values).sort()
  const at = (sorted.length - 1) * share
  const lower = sorted[Math.floor(at)]
  const upper = sorted[Math.ceil(at)]
  return lower === undefined || upper === undefined
    ? undefined
    : lower + (upper - lower) * (at - Math.floor(at))
}

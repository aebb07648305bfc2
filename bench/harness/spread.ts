/** Numbers of the same thing, measured n times. */
export interface Spread {
  readonly n: number
  readonly median: number
  readonly least: number
  readonly most: number
}

/** The value below which the given share of all lies, 0 … 1; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

export const spreadOf = (values: readonly number[]): Spread => ({
  n: values.length,
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
})

/** Ratios of what was measured in the same round. */
export const ratios = (above: readonly number[], below: readonly number[]): number[] =>
  above.map((value, index) => value / (below[index] ?? NaN))

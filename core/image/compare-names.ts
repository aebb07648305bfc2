const byNumber = new Intl.Collator('en', { numeric: true })

/**
 * Numbers as numbers, `2` before `10`; what is alike but for zeros (`1`, `01`, `001`) in one order on every
 * machine.
 */
export const compareNames = (a: string, b: string): number =>
  byNumber.compare(a, b) || (a < b ? -1 : Number(a > b))

/** Folder by folder: all of one folder before the next. Parts are separated by `/`. */
export function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (let depth = 0; depth < Math.max(left.length, right.length); depth++) {
    const order = byNumber.compare(left[depth] ?? '', right[depth] ?? '')
    if (order !== 0) return order
  }
  return a < b ? -1 : Number(a > b)
}

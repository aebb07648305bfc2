export interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly found: unknown
}

/** Half a frame in a thousand: what another processor's rounding may move. */
const tolerance = 5e-4

/** Every number of `expected` that `found` has otherwise, by its path. */
export function compareMetrics(expected: unknown, found: unknown, path = ''): Difference[] {
  if (typeof expected === 'number' && typeof found === 'number' && Math.abs(expected - found) <= tolerance)
    return []
  if (typeof expected === 'object' && expected !== null && typeof found === 'object' && found !== null) {
    return Object.entries(expected).flatMap(([key, value]) =>
      compareMetrics(value, (found as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`),
    )
  }
  return Object.is(expected, found) ? [] : [{ path, expected, found }]
}

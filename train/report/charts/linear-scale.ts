export interface LinearScale {
  (value: number): number
  readonly domain: readonly [number, number]
  readonly range: readonly [number, number]
}

/**
 * Maps `domain` to `range`; a domain without extent maps to the middle. Values outside are clamped, so that
 * nothing leaves its plot.
 */
export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
): LinearScale {
  const [low, high] = domain
  const [from, to] = range
  const map = (value: number): number => {
    if (high === low) return (from + to) / 2
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)))
    return from + share * (to - from)
  }
  return Object.assign(map, { domain, range })
}

/** Round values inside [low, high], about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // Through decimal text, so that 3 · 0.1 is 0.3.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

import type { GatePoint } from '../../../core/gate/settings.ts'

export type GateForecast = Omit<GatePoint, 'thresholdNats'>

const between = (a: number, b: number, share: number): number => a + (b - a) * share

/**
 * What the bundle's gate curve says of a threshold, on a straight line between its points; its ends hold
 * beyond them. Undefined where the bundle has no curve.
 */
export function forecastAt(curve: readonly GatePoint[], thresholdNats: number): GateForecast | undefined {
  const points = [...curve].sort((a, b) => a.thresholdNats - b.thresholdNats)
  const upperIndex = points.findIndex((point) => point.thresholdNats >= thresholdNats)
  const upper = points[upperIndex === -1 ? points.length - 1 : upperIndex]
  if (upper === undefined) return undefined
  const lower = points[upperIndex - 1]
  if (lower === undefined || upperIndex === -1) return upper
  const share = (thresholdNats - lower.thresholdNats) / (upper.thresholdNats - lower.thresholdNats)
  return {
    coverage: between(lower.coverage, upper.coverage, share),
    accuracyOnHits: between(lower.accuracyOnHits, upper.accuracyOnHits, share),
    accuracyOfWhole: between(lower.accuracyOfWhole, upper.accuracyOfWhole, share),
  }
}

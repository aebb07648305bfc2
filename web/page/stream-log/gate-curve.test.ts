import { describe, expect, it } from 'vitest'
import { forecastAt } from './gate-curve.ts'

const curve = [
  { thresholdNats: 0.2, coverage: 0.4, accuracyOnHits: 0.99, accuracyOfWhole: 0.95 },
  { thresholdNats: 1, coverage: 0.9, accuracyOnHits: 0.9, accuracyOfWhole: 0.91 },
  { thresholdNats: 0.6, coverage: 0.8, accuracyOnHits: 0.97, accuracyOfWhole: 0.94 },
]

describe('forecastAt', () => {
  it('is the curve at its points, whatever their order', () => {
    expect(forecastAt(curve, 0.6)).toMatchObject({ coverage: 0.8, accuracyOfWhole: 0.94 })
    expect(forecastAt(curve, 1)).toMatchObject({ coverage: 0.9 })
  })

  it('is a straight line between them', () => {
    expect(forecastAt(curve, 0.3)?.coverage).toBeCloseTo(0.5)
    expect(forecastAt(curve, 0.8)?.accuracyOnHits).toBeCloseTo(0.935)
  })

  it('stays at its ends beyond them', () => {
    expect(forecastAt(curve, 0)?.coverage).toBe(0.4)
    expect(forecastAt(curve, 5)?.coverage).toBe(0.9)
  })

  it('has nothing to say without a curve', () => {
    expect(forecastAt([], 0.5)).toBeUndefined()
  })
})

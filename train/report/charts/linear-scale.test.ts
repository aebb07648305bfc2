import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linearScale, niceTicks } from './linear-scale.ts'

describe('linearScale', () => {
  it('maps, turns round and clamps', () => {
    const y = linearScale([0, 10], [100, 0])
    expect([y(0), y(5), y(10), y(12), y(-3)]).toEqual([100, 50, 0, 0, 100])
  })

  it('maps a domain without extent to the middle', () => {
    expect(linearScale([3, 3], [0, 100])(3)).toBe(50)
  })
})

describe('niceTicks', () => {
  it('are round', () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(niceTicks(0, 2.3)).toEqual([0, 0.5, 1, 1.5, 2])
    expect(niceTicks(7, 7)).toEqual([7])
  })

  it('stay inside and are few', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1000, max: 1000, noNaN: true }),
        fc.double({ min: 0.001, max: 5000, noNaN: true }),
        (low, extent) => {
          const ticks = niceTicks(low, low + extent)
          expect(ticks.length).toBeLessThanOrEqual(7)
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - extent * 1e-6)
            expect(tick).toBeLessThanOrEqual(low + extent * (1 + 1e-6))
          }
        },
      ),
    )
  })
})

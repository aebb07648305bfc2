import { describe, expect, it } from 'vitest'
import { barPitch, barsThatFit, entropyCeiling, stripBars, thresholdTop } from './strip-geometry.ts'

const size = { width: 40, height: 100 }
const bar = (entropyNats: number) => ({ entropyNats, outcome: 'hit' as const })

describe('stripBars', () => {
  it('puts the newest at the right edge', () => {
    const bars = stripBars([bar(0.5), bar(1)], size, 2)
    expect(bars.map(({ left }) => left)).toEqual([40 - 2 * barPitch, 40 - barPitch])
  })

  it('shows only as many as fit, the newest of them', () => {
    const bars = stripBars(
      Array.from({ length: 50 }, (_, index) => bar(index / 50)),
      size,
      1,
    )
    expect(bars).toHaveLength(barsThatFit(40))
    expect(Math.min(...bars.map(({ left }) => left))).toBeGreaterThanOrEqual(0)
    expect(bars.at(-1)?.height).toBeCloseTo(98)
  })

  it('makes the entropy the height, standing on the ground, inside the strip', () => {
    const [low, middle, high] = stripBars([bar(0), bar(1), bar(9)], size, 2)
    expect(low?.height).toBeGreaterThan(0)
    expect(middle).toMatchObject({ top: 50, height: 50 })
    expect(high).toMatchObject({ top: 0, height: 100 })
  })

  it('draws the threshold at the height of a bar with that entropy', () => {
    expect(thresholdTop(0.5, 100, 2)).toBe(stripBars([bar(0.5)], size, 2)[0]?.top)
    expect(thresholdTop(9, 100, 2)).toBe(0)
  })

  it('has the largest entropy of its classes as its ceiling', () => {
    expect(entropyCeiling(8)).toBeCloseTo(Math.log(8))
    expect(entropyCeiling(1)).toBeGreaterThan(0)
  })
})

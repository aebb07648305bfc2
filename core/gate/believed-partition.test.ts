import { describe, expect, it } from 'vitest'
import { believedPartition, expectedShares } from './believed-partition.ts'

const classes = [[0, 1], [1, 2], [3]]

describe('the partition that the scene asks for', () => {
  it('is the one that knows most of what is expected', () => {
    // Classes 1 and 2 are expected, half each.
    const shares = expectedShares(classes, Float32Array.of(0, 2, 2, 0))
    expect([...shares]).toEqual([0.5, 1, 0])
    expect(believedPartition({ shares, held: [0], keepShare: 1, leastBelief: 0.7 })).toBe(1)
  })

  it('is the one at hand where that knows nearly as much', () => {
    const shares = expectedShares(classes, Float32Array.of(0, 4, 0, 0))
    expect(believedPartition({ shares, held: [1], keepShare: 1, leastBelief: 0.7 })).toBe(1)
    expect(believedPartition({ shares, held: [], keepShare: 1, leastBelief: 0.7 })).toBe(0)
    expect(believedPartition({ shares: [0.7, 0.9], held: [0], keepShare: 0.6, leastBelief: 0.5 })).toBe(0)
  })

  it('is none where nobody knows enough of it, and where there are none', () => {
    expect(
      believedPartition({
        shares: expectedShares(classes, Float32Array.of(1, 1, 1, 1)),
        held: [0],
        keepShare: 1,
        leastBelief: 0.7,
      }),
    ).toBeUndefined()
    expect(believedPartition({ shares: [], held: [], keepShare: 1, leastBelief: 0 })).toBeUndefined()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measuredShare, wilsonInterval } from './measured-share.ts'

describe('wilsonInterval', () => {
  it.each([
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i of %i is that of the literature', (right, images, low, high) => {
    expect(wilsonInterval(right / images, images).map((value) => Number(value.toFixed(4)))).toEqual([
      low,
      high,
    ])
  })

  it('has the share in it, and stays within 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (images, share) => {
          const [low, high] = wilsonInterval(share, images)
          expect(0 <= low && low <= share && share <= high && high <= 1).toBe(true)
        },
      ),
    )
  })
})

describe('measuredShare', () => {
  it('has an interval and no decimal where images are few', () => {
    expect(measuredShare(0.92, 24)).toBe('92 % (75–98)')
    expect(measuredShare(1, 2)).toBe('100 % (34–100)')
    expect(measuredShare(0.5, 999)).toContain('(47–53)')
    expect(measuredShare(0.9123, 1000)).toBe('91.2 %')
    expect(measuredShare(0.5, 0)).toBe('–')
    expect(measuredShare(0.5, 100, '\u00a0')).toBe('50\u00a0%\u00a0(40–60)')
  })
})

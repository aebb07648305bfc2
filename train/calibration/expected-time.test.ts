import { describe, expect, it } from 'vitest'
import { deviceMs, edgeMs, expectedMs, leastMs } from './expected-time.ts'

const costs = { generalistMegaMacs: 10, partitionMegaMacs: 5, fullMegaMacs: 100 }
const profile = { gigaflops: 10, edgeGigaflops: 100, overheadMs: 0.5, roundTripMs: 20 }

describe('the expected time of a frame', () => {
  it('is arithmetic on the device, and the round trip with arithmetic on the edge', () => {
    expect(deviceMs(costs, profile)).toBeCloseTo(20.5)
    expect(edgeMs(costs, profile)).toBeCloseTo(22.5)
  })

  it('of a gate is what it asks, and the edge for its misses', () => {
    expect(expectedMs(costs, { networksAsked: 1, partitionsAsked: 1, coverage: 1 }, profile)).toBeCloseTo(
      leastMs(costs, profile),
    )
    // One partition a frame, and the generalist behind every second.
    expect(expectedMs(costs, { networksAsked: 1.5, partitionsAsked: 1, coverage: 0.9 }, profile)).toBeCloseTo(
      0.5 + 1 + 0.5 * 2 + 0.1 * 22,
    )
  })
})

import { describe, expect, it } from 'vitest'
import { fadeFactors, fullTrust, nextTrust } from './prior-trust.ts'

describe('trust in a scene prior', () => {
  it('fades where only the device’s own answers have fed it, to nothing', () => {
    let trust = fullTrust
    for (let frame = 0; frame < 100; frame++) trust = nextTrust(trust, false)
    expect(trust).toBeLessThan(0.05)
  })

  it('stays where every other answer stands by itself, and comes back within a few that do', () => {
    let trust = fullTrust
    for (let frame = 0; frame < 100; frame++) trust = nextTrust(trust, frame % 2 === 0)
    expect(trust).toBeGreaterThan(0.9)
    trust = 0
    for (let frame = 0; frame < 4; frame++) trust = nextTrust(trust, true)
    expect(trust).toBe(1)
  })

  it('makes all classes alike as it goes', () => {
    const factors = Float32Array.from([0, 3])
    expect(fadeFactors(factors, 1)).toBe(factors)
    expect([...fadeFactors(factors, 0.5)]).toEqual([0.5, 2])
    expect([...fadeFactors(factors, 0)]).toEqual([1, 1])
  })
})

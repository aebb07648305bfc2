import { describe, expect, it } from 'vitest'
import { surenessOfDevice, surenessOfEdge, usableThreshold } from './sureness.ts'

const hit = {
  ownCertainty: 0.98,
  ownEntropyNats: 0.11,
  outputs: 4,
  isHit: true,
  isNovel: false,
  thresholdNats: 0.3,
}
const vague = { ...hit, ownCertainty: 0.7, ownEntropyNats: 0.8 }

describe('how sure a device’s answer is', () => {
  it('is what the network says alone: the scene makes nothing certain', () => {
    expect(surenessOfDevice(hit)).toBe('certain')
    expect(surenessOfDevice(vague)).toBe('likely')
    // The scene has another class in the first place than the network.
    expect(surenessOfDevice({ ...hit, ownCertainty: 0.01 })).toBe('likely')
  })

  it('is never certain where it is no hit, fits nothing, or is spread, whatever the bundle’s threshold', () => {
    expect(surenessOfDevice({ ...hit, isHit: false })).toBe('unsure')
    expect(surenessOfDevice({ ...hit, isNovel: true })).toBe('none')
    expect(surenessOfDevice({ ...vague, thresholdNats: 100 })).toBe('likely')
    expect(surenessOfDevice({ ...hit, ownCertainty: 0.3, ownEntropyNats: 1.36, thresholdNats: 100 })).toBe(
      'unsure',
    )
    expect(surenessOfDevice({ ...hit, ownCertainty: 0, ownEntropyNats: Infinity, thresholdNats: 100 })).toBe(
      'unsure',
    )
  })
})

describe('how sure an edge’s answer is', () => {
  const answer = {
    raw: [0.999, 0.001, 0, 0],
    rawOfDevice: [0.6, 0.2, 0.1, 0.1],
    classIndex: 0,
    isNovel: false,
  }

  it('is certain where the full model is, and the device says nothing against it', () => {
    expect(surenessOfEdge(answer)).toBe('certain')
    expect(surenessOfEdge({ ...answer, raw: [0.7, 0.2, 0.1, 0] })).toBe('unsure')
  })

  it('is not where the device says something else, and fits nothing where the stream does not', () => {
    const green = { ...answer, rawOfDevice: [0.1, 0.1, 0.5, 0.3] }
    expect(surenessOfEdge(green)).toBe('unsure')
    expect(surenessOfEdge({ ...green, isNovel: true })).toBe('none')
    expect(surenessOfEdge({ ...answer, raw: [NaN, NaN, NaN, NaN] })).toBe('unsure')
  })

  it('goes by what the full model itself finds strange, where the bundle says what that is', () => {
    const alone = { ...answer, rawOfDevice: [0.1, 0.1, 0.5, 0.3] }
    expect(surenessOfEdge({ ...alone, isStrange: false })).toBe('certain')
    expect(surenessOfEdge({ ...answer, isStrange: true })).toBe('unsure')
    expect(surenessOfEdge({ ...answer, isStrange: true, isNovel: true })).toBe('none')
  })
})

describe('usableThreshold', () => {
  it('stays clearly below ln C', () => {
    expect(usableThreshold(0.5, 10)).toBe(0.5)
    expect(usableThreshold(Math.log(10), 10)).toBeCloseTo(1.535, 3)
    expect(usableThreshold(Math.log(2), 2)).toBeCloseTo(0.462, 3)
  })

  it('leaves what is beyond ln C to whoever wants every frame answered here', () => {
    expect(usableThreshold(10, 10)).toBe(10)
  })
})

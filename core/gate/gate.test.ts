import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { argMax, predictiveEntropy, softmax } from './entropy.ts'
import { generalistId, passGate, probeOrder } from './gate.ts'
import { firstLook, type Look } from './look.ts'
import type { GateSettings } from './settings.ts'

const plain = { order: 'recent-first', asksGeneralist: false } as const

describe('softmax', () => {
  it('sums to 1 and keeps the order, however large the logits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        (logits, temperature) => {
          const probabilities = softmax(logits, temperature)
          expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
          expect(probabilities[argMax(logits)]).toBe(Math.max(...probabilities))
        },
      ),
    )
  })

  it('is flatter at a higher temperature', () => {
    expect(softmax([2, 0], 4)[0]).toBeLessThan(softmax([2, 0], 1)[0]!)
  })
})

describe('predictiveEntropy', () => {
  it('is 0 for certainty, ln C for indifference, and between them otherwise', () => {
    expect(predictiveEntropy([1, 0, 0])).toBe(0)
    expect(predictiveEntropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 6)
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 10 }),
        (logits) => {
          const entropy = predictiveEntropy(softmax(logits))
          expect(entropy).toBeGreaterThanOrEqual(0)
          expect(entropy).toBeLessThanOrEqual(Math.log(logits.length) + 1e-5)
        },
      ),
    )
  })
})

describe('probeOrder', () => {
  it('is the residents by recency up to the limit, and the generalist while there are none', () => {
    expect(
      probeOrder(['c', 'b', 'a'], { thresholdNats: 1, generalistThresholdNats: 1, maxProbes: 2, ...plain }),
    ).toEqual([firstLook('c'), firstLook('b')])
    expect(probeOrder([], { thresholdNats: 1, generalistThresholdNats: 1, maxProbes: 2, ...plain })).toEqual([
      firstLook(generalistId),
    ])
  })
})

describe('a second look', () => {
  const twice: GateSettings = {
    thresholdNats: 0.5,
    generalistThresholdNats: 0.2,
    maxProbes: 1,
    order: 'recent-first',
    asksGeneralist: true,
    looksTwice: true,
  }
  /** What p1 and the generalist say at the first look and at the second. */
  const gateWith = (p1: number, first: number, second: number, settings = twice) => {
    const ask = vi.fn(({ network, isSecond }: Look) => ({
      network,
      entropyNats: isSecond ? second : ({ p1, [generalistId]: first }[network] ?? NaN),
    }))
    return { decision: passGate(probeOrder(['p1'], settings), settings, ask), asked: ask.mock.calls.flat() }
  }

  it('is taken by the generalist only where nobody was certain, and by its threshold', () => {
    expect(gateWith(0.4, 1, 1).asked).toEqual([firstLook('p1')])
    expect(gateWith(0.9, 0.1, 1).asked).toEqual(['p1', generalistId].map(firstLook))
    expect(gateWith(0.9, 0.3, 0.19).decision).toEqual({
      kind: 'hit',
      answer: { network: generalistId, entropyNats: 0.19 },
    })
    expect(gateWith(0.9, 0.3, 0.21).decision.kind).toBe('miss')
    expect(gateWith(0.4, 1, 1, { ...twice, order: 'least-entropy' }).asked).toEqual(
      ['p1', generalistId].map(firstLook),
    )
  })

  it('takes the place of the first: of a miss it is the better guess, even where it is less certain', () => {
    expect(gateWith(0.9, 0.3, 0.6).decision).toEqual({
      kind: 'miss',
      best: { network: generalistId, entropyNats: 0.6 },
    })
    expect(gateWith(0.6, 0.9, 0.8).decision).toEqual({
      kind: 'miss',
      best: { network: 'p1', entropyNats: 0.6 },
    })
  })

  it('is not taken where the generalist is not asked', () => {
    expect(probeOrder(['p1'], { ...twice, asksGeneralist: false })).toEqual([firstLook('p1')])
    expect(probeOrder([], { ...twice, asksGeneralist: false })).toEqual([
      firstLook(generalistId),
      { network: generalistId, isSecond: true },
    ])
  })
})

describe('passGate', () => {
  const ask = (entropies: Record<string, number>) =>
    vi.fn(({ network }: Look) => ({ network, entropyNats: entropies[network]! }))
  const settings = { thresholdNats: 0.5, generalistThresholdNats: 0.2, maxProbes: 3, ...plain }

  it('takes the first that is certain and asks no further', () => {
    const asked = ask({ a: 0.9, b: 0.5, c: 0.1 })
    expect(passGate(['a', 'b', 'c'].map(firstLook), settings, asked)).toEqual({
      kind: 'hit',
      answer: { network: 'b', entropyNats: 0.5 },
    })
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('asks all and believes the most certain, where it is told to', () => {
    const asked = ask({ a: 0.4, b: 0.3, generalist: 0.25 })
    const thorough = { ...settings, order: 'least-entropy', asksGeneralist: true } as const
    const order = probeOrder(['a', 'b'], thorough)
    expect(order).toEqual(['a', 'b', generalistId].map(firstLook))
    // The generalist is more certain than b, and not as certain as it must be.
    expect(passGate(order, thorough, asked)).toEqual({
      kind: 'hit',
      answer: { network: 'b', entropyNats: 0.3 },
    })
    expect(asked).toHaveBeenCalledTimes(3)
  })

  it('misses with the least uncertain where none is certain', () => {
    expect(passGate(['a', 'b', 'c'].map(firstLook), settings, ask({ a: 0.9, b: 0.7, c: 0.8 }))).toEqual({
      kind: 'miss',
      best: { network: 'b', entropyNats: 0.7 },
    })
  })

  it('asks more certainty of the generalist, and never less than a person asks', () => {
    expect(passGate([firstLook(generalistId)], settings, ask({ generalist: 0.3 })).kind).toBe('miss')
    expect(passGate([firstLook(generalistId)], settings, ask({ generalist: 0.2 })).kind).toBe('hit')
    expect(
      passGate([firstLook(generalistId)], { ...settings, thresholdNats: 0.1 }, ask({ generalist: 0.2 })).kind,
    ).toBe('miss')
  })

  it('needs somebody to ask', () => {
    expect(() => passGate([], settings, ask({}))).toThrow(RangeError)
  })
})

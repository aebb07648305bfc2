import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerOfPartition } from './partition-answer.ts'
import { rawAnswer } from './raw-answer.ts'

/** Knows classes 1 and 3 of five, and saw something else every second time. */
const head = { classIndices: [1, 3], prior: [0.3, 0.2, 0.5] }
const even = new Float32Array(5).fill(1)

describe('the answer of a partition with a head of its own', () => {
  it('is its own where nothing is known of the scene', () => {
    const { probabilities, classIndex, entropyNats, isElsewhere } = answerOfPartition(
      head,
      [0.8, 0.1, 0.1],
      5,
      undefined,
    )
    expect([...probabilities].map((value) => Number(value.toFixed(4)))).toEqual([
      0.0333, 0.8, 0.0333, 0.1, 0.0333,
    ])
    expect(classIndex).toBe(1)
    expect(entropyNats).toBeCloseTo(-(0.8 * Math.log(0.8) + 0.2 * Math.log(0.1)), 5)
    expect(isElsewhere).toBe(false)
  })

  it('is corrected from the shares of its training to those of the scene', () => {
    // In the scene class 3 alone is seen: what it shares with class 1 in the training says nothing here.
    const only3 = Float32Array.of(0, 0, 0, 5, 0)
    const { probabilities, classIndex, entropyNats } = answerOfPartition(head, [0.6, 0.3, 0.1], 5, only3)
    expect([classIndex, probabilities[3], entropyNats]).toEqual([3, 1, 0])
  })

  it('has no answer where something else is likelier than each of its classes', () => {
    expect(answerOfPartition(head, [0.2, 0.2, 0.6], 5, undefined).isElsewhere).toBe(true)
    // By its own shares the class comes out ahead, and where all classes come alike the three that it does
    // not know are more.
    expect(answerOfPartition(head, [0.4, 0.25, 0.35], 5, undefined).isElsewhere).toBe(false)
    expect(answerOfPartition(head, [0.4, 0.25, 0.35], 5, even).isElsewhere).toBe(true)
  })

  it('tells a scene nothing of which of the classes that it does not know it was', () => {
    const factors = Float32Array.of(2, 1, 0.5, 1, 0.5)
    const evidence = rawAnswer(answerOfPartition(head, [0.5, 0.2, 0.3], 5, factors).probabilities, factors)
    expect(evidence[0]).toBeCloseTo(evidence[2] ?? 0, 6)
    expect(evidence[0]).toBeCloseTo(evidence[4] ?? 0, 6)
    // p(x | class) is p(class | x) by how often it came in training.
    expect((evidence[1] ?? 0) / (evidence[3] ?? 1)).toBeCloseTo(0.5 / 0.3 / (0.2 / 0.2), 5)
  })

  it('sums to 1 and has an entropy of its outputs at most, whatever the scene', () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 3, maxLength: 3 }),
        fc.array(share, { minLength: 5, maxLength: 5 }),
        (weights, factors) => {
          const total = weights.reduce((sum, value) => sum + value, 0)
          const { probabilities, entropyNats } = answerOfPartition(
            head,
            weights.map((value) => value / total),
            5,
            factors,
          )
          expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4)
          expect(entropyNats).toBeLessThanOrEqual(Math.log(3) + 1e-6)
        },
      ),
    )
  })

  it('is uncertain of what is no number', () => {
    expect(answerOfPartition(head, [NaN, 0.5, 0.5], 5, undefined).entropyNats).toBe(Infinity)
  })
})

import { describe, expect, it } from 'vitest'
import { argMax, predictiveEntropy, softmax } from './entropy.ts'

describe('predictiveEntropy', () => {
  it('is nothing for a certain answer, and ln C where all classes are alike', () => {
    expect(predictiveEntropy([0, 1, 0])).toBe(0)
    expect(predictiveEntropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12)
  })

  it('takes what is not finite for no certainty at all: no threshold lets it pass', () => {
    for (const none of [[NaN, NaN], [NaN, 1], [0.5, Infinity], [0, 0], []])
      expect(predictiveEntropy(none)).toBe(Infinity)
    for (const logits of [
      [NaN, 1],
      [Infinity, 1],
      [Infinity, Infinity],
      [-Infinity, -Infinity],
    ])
      expect(predictiveEntropy(softmax(logits))).toBe(Infinity)
  })
})

describe('argMax', () => {
  it('does not take NaN for the largest', () => {
    expect(argMax([NaN, 0.1, 0.9])).toBe(2)
    expect(argMax([0.9, NaN, 0.1])).toBe(0)
    expect(argMax([NaN, NaN])).toBe(0)
  })
})

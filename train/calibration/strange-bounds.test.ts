import { describe, expect, it } from 'vitest'
import type { Predictions } from '../models/predictions.ts'
import type { SplitAnswers } from '../stages/answers.ts'
import { strangeBounds } from './strange-bounds.ts'

/** Two classes, of which one is ahead of the other by so much: strangeness is less than 0 by half of it. */
const ahead = (by: readonly number[]): Predictions => ({
  count: by.length,
  outputs: 2,
  logits: Float32Array.from(by.flatMap((value) => [value, 0])),
  features: new Float32Array(0),
  featureSize: 0,
})

const answersOf = (by: readonly number[]): SplitAnswers => ({
  labels: new Int32Array(by.length),
  full: ahead(by),
  networks: new Map([['generalist', ahead(by)]]),
  heads: new Map(),
  mirrored: undefined,
  chosen: [],
  codes: [],
})

const ten = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
const bounds = (known: readonly number[], knownStrange: number, strangersCertain = 0.1): number | undefined =>
  strangeBounds(answersOf(known), answersOf(ten), { strangersCertain, knownStrange }).get('generalist')

describe('strangeBounds', () => {
  it('lets no more than a share of the strangers pass', () => {
    // Images that look like strangers: the strangers decide.
    expect(bounds(ten, 0.1)).toBe(-9)
    expect(bounds(ten, 0.1, 0.3)).toBe(-7)
  })

  it('lies close to images that are far from the strangers', () => {
    expect(
      bounds(
        Array.from({ length: 10 }, (_, index) => 100 + index),
        0.2,
      ),
    ).toBe(-50.5)
    // However few of them may be strange, the strangers allow no more.
    expect(bounds([10, ...Array.from({ length: 9 }, () => 100)], 0)).toBe(-9)
  })

  it('is there for the full model too', () => {
    const found = strangeBounds(answersOf(ten), answersOf(ten), { strangersCertain: 0.1, knownStrange: 0 })
    expect([...found.keys()]).toEqual(['full', 'generalist'])
  })
})

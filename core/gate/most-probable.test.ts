import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostProbable } from './most-probable.ts'

describe('the most probable classes', () => {
  it('come in order; of equals the first one goes first', () => {
    expect(mostProbable([0.1, 0.4, 0.1, 0.3, 0.1], 3)).toEqual([1, 3, 0])
    expect(mostProbable([0.5, 0.5], 3)).toEqual([0, 1])
    expect(mostProbable([], 3)).toEqual([])
  })

  it('are those of a sort', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true })), fc.nat(6), (values, count) => {
        const sorted = values.map((_, index) => index).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
        expect(mostProbable(values, count)).toEqual(sorted.slice(0, count))
      }),
    )
  })
})

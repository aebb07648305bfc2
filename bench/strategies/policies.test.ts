import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { hitRatioOf, policies, type Policy } from './policies.ts'

const hits = (policy: Policy, requests: string, entries: number): number =>
  Math.round(hitRatioOf(policy, Array.from(requests), entries, createRandom(1)) * requests.length)

describe('hitRatioOf', () => {
  it('tells the policies apart', () => {
    // With two places, a b c a b c …: LRU and FIFO always evict what comes next, the optimum keeps one of
    // them.
    expect(hits('lru', 'abcabcabc', 2)).toBe(0)
    expect(hits('fifo', 'abcabcabc', 2)).toBe(0)
    expect(hits('belady', 'abcabcabc', 2)).toBe(3)
    // The use of a saves it under LRU, and does not under FIFO.
    expect(hits('lru', 'abaca', 2)).toBe(2)
    expect(hits('fifo', 'abaca', 2)).toBe(1)
  })

  it('hits whatever came before where everything has room', () => {
    for (const policy of policies) expect(hits(policy, 'abcabc', 3)).toBe(3)
  })

  it('never beats the optimum', () => {
    const requests = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 4 }), (ids, entries) => {
        const best = hitRatioOf('belady', ids, entries, createRandom(1))
        for (const policy of policies)
          expect(hitRatioOf(policy, ids, entries, createRandom(2))).toBeLessThanOrEqual(best + 1e-9)
      }),
    )
  })
})

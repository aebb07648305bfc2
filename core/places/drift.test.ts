import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import { hasDrifted, mostChecked, withChecked, type CheckedAnswers } from './drift.ts'

const promise = { misses: 0.4, wrongHits: 0.01 }
const answers = (alike: number, unlike: number): boolean[] => [
  ...new Array<boolean>(alike).fill(true),
  ...new Array<boolean>(unlike).fill(false),
]

describe('hasDrifted', () => {
  it('never says so of answers that the full model shares, however many', () => {
    expect(hasDrifted([], promise)).toBe(false)
    expect(hasDrifted(answers(mostChecked, 0), promise)).toBe(false)
  })

  it('needs more than a mistake, and not many more', () => {
    expect(hasDrifted(answers(0, 1), promise)).toBe(false)
    expect(hasDrifted(answers(57, 3), promise)).toBe(false)
    expect(hasDrifted(answers(8, 4), promise)).toBe(true)
    expect(hasDrifted(answers(50, 10), promise)).toBe(true)
  })

  it('holds a place that promised little to little', () => {
    expect(hasDrifted(answers(50, 10), { misses: 0.5, wrongHits: 0.06 })).toBe(false)
    expect(hasDrifted(answers(50, 10), { misses: 1, wrongHits: 0 })).toBe(true)
  })

  it('does not say more often than by chance that a place drifted which keeps its promise', () => {
    const random = createRandom('drift')
    let drifted = 0
    for (let place = 0; place < 200; place++) {
      let seen: CheckedAnswers = []
      for (let at = 0; at < mostChecked; at++) seen = withChecked(seen, random.next() > 0.01)
      drifted += Number(hasDrifted(seen, promise))
    }
    expect(drifted).toBeLessThan(3)
  })

  it('never takes one mistake more for less drift', () => {
    const count = fc.nat({ max: mostChecked / 2 })
    fc.assert(
      fc.property(count, count, fc.double({ min: 0, max: 0.4, noNaN: true }), (alike, unlike, wrongHits) => {
        const promised = { misses: 0.2, wrongHits }
        fc.pre(hasDrifted(answers(alike, unlike), promised))
        expect(hasDrifted(answers(Math.max(0, alike - 1), unlike + 1), promised)).toBe(true)
      }),
    )
  })
})

describe('withChecked', () => {
  it('holds the latest', () => {
    let seen: CheckedAnswers = []
    for (let at = 0; at < 200; at++) seen = withChecked(seen, at >= 190)
    expect(seen).toHaveLength(mostChecked)
    expect(seen.filter(Boolean)).toHaveLength(10)
  })
})

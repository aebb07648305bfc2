import { describe, expect, it } from 'vitest'
import { noteAnswer, nothingSeen, type Novelty } from './novelty.ts'

const certain = [0.97, 0.01, 0.01, 0.01]
const spread = [0.4, 0.3, 0.2, 0.1]

const after = (answers: readonly (readonly number[])[]): Novelty =>
  answers.reduce<Novelty>(noteAnswer, nothingSeen)
const times = <Item>(count: number, item: Item): Item[] => new Array<Item>(count).fill(item)

describe('novelty', () => {
  it('is seen with the first frame of a stream', () => {
    expect(after([spread]).isNovel).toBe(true)
    expect(after([certain]).isNovel).toBe(false)
  })

  it('is not one hard frame among others, and is a few of them', () => {
    expect(after([...times(10, certain), spread]).isNovel).toBe(false)
    expect(after([...times(10, certain), ...times(5, spread)]).isNovel).toBe(true)
    expect(after([...times(10, spread), certain]).isNovel).toBe(false)
  })

  it('is what computes no number', () => {
    expect(after([[NaN, NaN, NaN, NaN]]).isNovel).toBe(true)
  })
})

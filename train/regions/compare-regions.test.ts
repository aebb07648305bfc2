import { describe, expect, it } from 'vitest'
import { agreement, classShares, matchPartitions } from './compare-regions.ts'

describe('regions of two codes', () => {
  it('are the same where only the names of the partitions differ', () => {
    expect(matchPartitions([0, 0, 1, 2], [2, 2, 0, 1], 3)).toEqual([2, 0, 1])
    expect(agreement([0, 0, 1, 2], [2, 2, 0, 1], 3)).toBe(1)
  })

  it('differ by the images that lie elsewhere', () => {
    expect(agreement([0, 0, 1, 1], [0, 0, 1, 0], 2)).toBe(0.75)
    expect(agreement([], [], 2)).toBe(0)
  })
})

it('says which share of a class lies where', () => {
  expect(classShares([0, 0, 1, 1], [0, 0, 0, 1], 3, 2)).toEqual([[2 / 3, 1 / 3], [0, 1], [0, 0]])
})

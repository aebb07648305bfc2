import { expect, it } from 'vitest'
import { quantile, ratios, spreadOf } from './spread.ts'

it('says how far measurements lie apart', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ n: 3, median: 2, least: 1, most: 3 })
  expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5)
  expect(quantile([5, 1, 4, 2, 3], 0.99)).toBe(5)
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3)
  expect(ratios([10, 9], [5, 3])).toEqual([2, 3])
})

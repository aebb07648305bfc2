import { describe, expect, it } from 'vitest'
import { quantile } from './quantile.ts'

describe('quantile', () => {
  it('lies between the two nearest values', () => {
    expect([
      quantile([3, 1, 2], 0.5),
      quantile([4, 1, 3, 2], 0.5),
      quantile([1, 2], 0.95),
      quantile([7], 0.95),
    ]).toEqual([2, 2.5, 1.95, 7])
    expect(quantile([], 0.5)).toBeUndefined()
  })
})

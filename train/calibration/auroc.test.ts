import { describe, expect, it } from 'vitest'
import { auroc } from './auroc.ts'

describe('auroc', () => {
  it('is the chance that a high one is above a low one, ties counting half', () => {
    expect(auroc([3, 4], [1, 2])).toBe(1)
    expect(auroc([1, 2], [3, 4])).toBe(0)
    expect(auroc([1, 3], [2, 2])).toBe(0.5)
    expect(auroc([1, 1], [1, 1])).toBe(0.5)
  })
})

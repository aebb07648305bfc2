import { expect, it } from 'vitest'
import { strangeness } from './strangeness.ts'

it('falls with the best logit above the others, and not with what all logits share', () => {
  expect(strangeness([5, 0, 1], false)).toBe(-3)
  expect(strangeness([105, 100, 101], false)).toBe(-3)
  expect(strangeness([1, 1, 1], false)).toBe(0)
})

it('of a partition is how far something else is above its own classes', () => {
  expect(strangeness([2, 5, 1], true)).toBe(-4)
  expect(strangeness([2, 1, 4], true)).toBe(2)
})

it('is endless where a logit is no number', () => {
  expect(strangeness([NaN, 1], false)).toBe(Infinity)
})

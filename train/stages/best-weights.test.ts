import { expect, it } from 'vitest'
import { BestWeights } from './best-weights.ts'

it('keeps the best weights, and has enough after so many checks without better ones', () => {
  const best = new BestWeights(2)
  expect(best.weights).toBeUndefined()
  expect(best.offer(Float32Array.of(1, 1), 0.5, 2)).toBe(false)
  expect(best.offer(Float32Array.of(2, 2), 0.4, 2)).toBe(false)
  expect(best.offer(Float32Array.of(3, 3), 0.4, 2)).toBe(false)
  // No number is no better one.
  expect(best.offer(Float32Array.of(4, 4), NaN, 2)).toBe(true)
  expect(best.weights).toEqual(Float32Array.of(2, 2))
})

it('goes on where its arrays stand', () => {
  const best = new BestWeights(1)
  best.offer(Float32Array.of(1), 0.1, 2)
  best.offer(Float32Array.of(2), 0.2, 2)
  const again = new BestWeights(1)
  for (const [index, array] of again.arrays.entries()) array.set(best.arrays[index]!)
  expect(again.offer(Float32Array.of(3), 0.1, 2)).toBe(true)
  expect(again.weights).toEqual(Float32Array.of(1))
})

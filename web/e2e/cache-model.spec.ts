import { expect, it } from 'vitest'
import { playHistories } from './harness/play-histories.ts'

// A few drawn histories of the real cache against the pure model; `npm run test:long` plays hundreds.
// CACHE_SEED repeats others.

it('the cache does what its model does, whatever happens to it', { timeout: 600_000 }, async () => {
  const { played, violations } = await playHistories({
    count: 2,
    seed: Number(process.env['CACHE_SEED'] ?? 1),
    lanes: 2,
  })
  expect(violations).toEqual([])
  expect(played).toBe(2)
})

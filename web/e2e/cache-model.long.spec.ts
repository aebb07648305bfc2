import { expect, it } from 'vitest'
import { playHistories } from './harness/play-histories.ts'
import { recordReliability } from './harness/record-reliability.ts'

// Hundreds of drawn histories of the real cache against the pure model. CACHE_SEQUENCES and CACHE_SEED play others.

const count = Number(process.env['CACHE_SEQUENCES'] ?? 500)

it(`the cache does what its model does in ${count} histories`, { timeout: 3_600_000 }, async () => {
  const { played, violations } = await playHistories({ count, seed: Number(process.env['CACHE_SEED'] ?? 20_261_128), lanes: 2 })
  if (count >= 500) await recordReliability('cache', { cacheSequences: played, cacheViolations: violations.length })
  expect(violations).toEqual([])
  expect(played).toBeGreaterThanOrEqual(count)
})

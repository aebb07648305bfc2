import { expect, it } from 'vitest'
import { recordPart } from '../../test/reliability/record-reliability.ts'
import { playHistories } from './harness/play-histories.ts'

// Hundreds of drawn histories of the real cache against the pure model, in parts of fifty with a seed of
// their own, so that they may run in several sittings: CACHE_SEED=20261132 CACHE_SEQUENCES=100 plays the
// fifth and the sixth part.

const sequences = Number(process.env['CACHE_SEQUENCES'] ?? 500)
const firstSeed = Number(process.env['CACHE_SEED'] ?? 20_261_128)
const partSize = 50
const tested = ['core/cache', 'core/client', 'web/service-worker']
const parts = Array.from({ length: Math.ceil(sequences / partSize) }, (_, part) => ({
  seed: firstSeed + part,
  count: Math.min(partSize, sequences - part * partSize),
}))

it.each(parts)(
  'the cache does what its model does in $count histories of seed $seed',
  { timeout: 3_600_000 },
  async ({ seed, count }) => {
    // Lanes have seeds of their own, which no other part has.
    const { played, violations } = await playHistories({ count, seed: seed * 10, lanes: 2 })
    await recordPart('cache', tested, seed, { cacheSequences: played, cacheViolations: violations.length })
    expect(violations).toEqual([])
    expect(played).toBeGreaterThanOrEqual(count)
  },
)

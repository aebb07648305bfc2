import { describe, expect, it } from 'vitest'
import type { CacheBudget } from './lru.ts'

/**
 * A cache as the behaviour suite sees it: whatever stores things under the LRU policy can be put behind this.
 */
export interface CacheUnderTest {
  store(id: string, bytes: number): Promise<void>
  use(id: string): Promise<void>
  remove(id: string): Promise<void>
  pin(ids: readonly string[]): Promise<void>
  setBudget(budget: CacheBudget): Promise<void>
  /** What is really in the storage, in any order. */
  storedIds(): Promise<string[]>
}

const budget = (entries: number, bytes = 1_000_000): CacheBudget => ({ entries, bytes })

/** The behaviour that every cache has, whatever it stores things in. `create` starts an empty one. */
export function describeCache(name: string, create: (budget: CacheBudget) => Promise<CacheUnderTest>): void {
  describe(`${name} as a cache`, () => {
    const fill = async (cache: CacheUnderTest, ...ids: string[]): Promise<void> => {
      for (const id of ids) await cache.store(id, 100)
    }
    const stored = async (cache: CacheUnderTest): Promise<string[]> => (await cache.storedIds()).sort()

    it('keeps what fits', async () => {
      const cache = await create(budget(2))
      await fill(cache, 'a', 'b')
      expect(await stored(cache)).toEqual(['a', 'b'])
    })

    it('evicts the least recently stored where nothing was used', async () => {
      const cache = await create(budget(2))
      await fill(cache, 'a', 'b', 'c')
      expect(await stored(cache)).toEqual(['b', 'c'])
    })

    it('evicts the least recently used, not the oldest', async () => {
      const cache = await create(budget(2))
      await fill(cache, 'a', 'b')
      await cache.use('a')
      await fill(cache, 'c')
      expect(await stored(cache)).toEqual(['a', 'c'])
    })

    it('holds the budget in bytes, evicting as many as that takes', async () => {
      const cache = await create(budget(10, 300))
      await fill(cache, 'a', 'b', 'c')
      await cache.store('d', 200)
      expect(await stored(cache)).toEqual(['c', 'd'])
    })

    it('keeps what has just been stored even where it alone is over the budget', async () => {
      const cache = await create(budget(10, 300))
      await fill(cache, 'a')
      await cache.store('huge', 900)
      expect(await stored(cache)).toEqual(['huge'])
    })

    it('never evicts what is pinned', async () => {
      const cache = await create(budget(2))
      await fill(cache, 'a', 'b')
      await cache.pin(['a'])
      await fill(cache, 'c')
      expect(await stored(cache)).toEqual(['a', 'c'])
    })

    it('comes back within the budget once a pin is gone', async () => {
      const cache = await create(budget(1))
      await fill(cache, 'a')
      await cache.pin(['a'])
      await fill(cache, 'b')
      expect(await stored(cache)).toEqual(['a', 'b'])
      await cache.pin([])
      expect(await stored(cache)).toEqual(['b'])
    })

    it('evicts at once when the budget shrinks, and nothing when it grows', async () => {
      const cache = await create(budget(3))
      await fill(cache, 'a', 'b', 'c')
      await cache.setBudget(budget(1))
      expect(await stored(cache)).toEqual(['c'])
      await cache.setBudget(budget(5))
      expect(await stored(cache)).toEqual(['c'])
    })

    it('forgets what was removed, and ignores a use of what it does not hold', async () => {
      const cache = await create(budget(2))
      await fill(cache, 'a', 'b')
      await cache.remove('a')
      await cache.use('a')
      expect(await stored(cache)).toEqual(['b'])
      await fill(cache, 'c')
      expect(await stored(cache)).toEqual(['b', 'c'])
    })

    it('stores the same thing twice as one entry', async () => {
      const cache = await create(budget(2))
      await fill(cache, 'a', 'b', 'a')
      expect(await stored(cache)).toEqual(['a', 'b'])
      await fill(cache, 'c')
      expect(await stored(cache)).toEqual(['a', 'c'])
    })
  })
}

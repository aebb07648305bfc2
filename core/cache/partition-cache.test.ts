import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeCache } from './lru.cases.ts'
import { storedBytes, type CacheBudget } from './lru.ts'
import { PartitionCache, type PartitionCacheEvent } from './partition-cache.ts'
import type { BlobNames, Keeping } from './reconcile.ts'
import { createMemoryStorage, type BlobStorage, type IndexStorage } from './storage.ts'

const unknownNames: BlobNames = { isComplete: false, blobs: new Map() }

const naming = (blobs: Record<string, Keeping>): BlobNames => ({
  isComplete: true,
  blobs: new Map(Object.entries(blobs).map(([id, keeping]) => [id, { bytes: 100, keeping }])),
})

const hundred = (): Uint8Array<ArrayBuffer> => new Uint8Array(100)

interface Setting {
  storage?: { readonly blobs: BlobStorage; readonly index: IndexStorage }
  names?: BlobNames
  budget?: CacheBudget
}

function create({
  storage = createMemoryStorage(),
  names = unknownNames,
  budget = { entries: 2, bytes: 1_000 },
}: Setting = {}) {
  const events: PartitionCacheEvent[] = []
  const cache = new PartitionCache({
    ...storage,
    names: () => Promise.resolve(names),
    budget,
    onEvent: (event) => void events.push(event),
  })
  return { cache, events, storage }
}

describeCache('the partition cache in memory', (budget) => {
  const { cache, storage } = create({ budget })
  return Promise.resolve({
    store: async (id, bytes) => {
      await cache.store(id, new Uint8Array(bytes))
    },
    use: (id) => cache.use(id),
    remove: (id) => cache.remove(id),
    pin: (ids) => cache.pin(ids),
    setBudget: (next) => cache.setBudget(next),
    storedIds: async () => {
      await cache.settled()
      return storage.blobs.ids()
    },
  })
})

class Crash extends Error {}

/** The storage as it looks to a thread that dies after `writes` writes: from then on nothing answers. */
function dyingAfter(
  writes: number,
  { blobs, index }: { readonly blobs: BlobStorage; readonly index: IndexStorage },
) {
  const silence = new Promise<never>(() => undefined)
  let reportDeath: (crash: Crash) => void = () => undefined
  const death = new Promise<Crash>((resolve) => (reportDeath = resolve))
  const write = (perform: () => Promise<void>): Promise<void> => {
    if (writes-- > 0) return perform()
    reportDeath(new Crash())
    return silence
  }
  return {
    death,
    storage: {
      blobs: {
        ...blobs,
        put: (id, bytes) => write(() => blobs.put(id, bytes)),
        delete: (id) => write(() => blobs.delete(id)),
      } satisfies BlobStorage,
      index: { ...index, save: (state) => write(() => index.save(state)) } satisfies IndexStorage,
    },
  }
}

describe('a thread that dies between two writes', () => {
  const names = naming({
    a: 'evictable',
    b: 'evictable',
    c: 'evictable',
    d: 'evictable',
    general: 'resident',
  })
  type Step = (cache: PartitionCache) => Promise<unknown>
  const anyNamed = fc.constantFrom('a', 'b', 'c', 'd')
  const anyStep: fc.Arbitrary<Step> = fc.oneof(
    anyNamed.map(
      (id): Step =>
        (cache) =>
          cache.store(id, hundred()),
    ),
    fc.constant<Step>((cache) => cache.store('general', hundred(), 'resident')),
    anyNamed.map(
      (id): Step =>
        (cache) =>
          cache.use(id),
    ),
    anyNamed.map(
      (id): Step =>
        (cache) =>
          cache.remove(id),
    ),
    anyNamed.map(
      (id): Step =>
        (cache) =>
          cache.pin([id]),
    ),
    fc.integer({ min: 1, max: 3 }).map(
      (entries): Step =>
        (cache) =>
          cache.setBudget({ entries, bytes: 1_000 }),
    ),
  )

  it('leaves nothing that the next life loses or leaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 1, maxLength: 12 }),
        fc.nat({ max: 25 }),
        async (steps, writes) => {
          const storage = createMemoryStorage()
          const dying = dyingAfter(writes, storage)
          const first = create({ storage: dying.storage, names })
          const history = (async () => {
            for (const step of steps) await step(first.cache)
            await first.cache.settled()
          })()
          await Promise.race([history, dying.death])
          const atDeath = await storage.blobs.ids()

          const { cache } = create({ storage, names })
          const { entries, residents, budget, pinned } = await cache.contents()
          await cache.settled()
          const stored = (await storage.blobs.ids()).sort()
          expect(stored).toEqual([...Object.keys(entries), ...residents].sort())
          expect(residents.every((id) => id === 'general')).toBe(true)
          expect(Object.keys(entries).filter((id) => !pinned.includes(id)).length).toBeLessThanOrEqual(
            budget.entries,
          )
          expect(stored.includes('general')).toBe(atDeath.includes('general'))
          // A blob is lost only for lack of room.
          const lost = atDeath.filter((id) => !stored.includes(id))
          expect(lost.length === 0 || Object.keys(entries).length >= budget.entries).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('adopts what was stored and not indexed as the least recently used', async () => {
    const storage = createMemoryStorage()
    const first = create({ storage, names })
    await first.cache.store('a', hundred())
    await storage.blobs.put('b', hundred())
    const { cache } = create({ storage, names })
    const { entries } = await cache.contents()
    expect(entries).toEqual({ a: { bytes: 100, lastUse: 1 }, b: { bytes: 100, lastUse: 0 } })
    await cache.store('c', hundred())
    await cache.settled()
    expect((await storage.blobs.ids()).sort()).toEqual(['a', 'c'])
  })

  it('drops the entry of a blob that is gone, and deletes a blob that nothing names', async () => {
    const storage = createMemoryStorage()
    const first = create({ storage, names })
    await first.cache.store('a', hundred())
    await first.cache.store('b', hundred())
    await storage.blobs.delete('a')
    await storage.blobs.put('stranger', hundred())
    const { cache } = create({ storage, names })
    expect(Object.keys((await cache.contents()).entries)).toEqual(['b'])
    await cache.settled()
    expect(await storage.blobs.ids()).toEqual(['b'])
  })

  it('deletes nothing as unnamed while a manifest cannot be read', async () => {
    const storage = createMemoryStorage()
    await create({ storage, names }).cache.store('a', hundred())
    await storage.blobs.put('stranger', hundred())
    const { cache } = create({ storage, names: unknownNames })
    expect(Object.keys((await cache.contents()).entries)).toEqual(['a'])
    await cache.settled()
    expect((await storage.blobs.ids()).sort()).toEqual(['a', 'stranger'])
  })

  it('remembers budget, pins and recency', async () => {
    const storage = createMemoryStorage()
    const first = create({ storage, names })
    await first.cache.setBudget({ entries: 3, bytes: 500 })
    for (const id of ['a', 'b', 'c']) await first.cache.store(id, hundred())
    await first.cache.use('a')
    await first.cache.pin(['b'])
    const { cache } = create({ storage, names })
    await cache.store('d', hundred())
    await cache.settled()
    expect((await storage.blobs.ids()).sort()).toEqual(['a', 'b', 'd'])
  })
})

function failing(name: string): Promise<never> {
  const error = new Error('no')
  error.name = name
  return Promise.reject(error)
}

/** Storage on a device with room for so many bytes. */
function deviceOf(capacityBytes: number) {
  const { blobs, index } = createMemoryStorage()
  const sizes = new Map<string, number>()
  const limited: BlobStorage = {
    ...blobs,
    put: async (id, bytes) => {
      const others = [...sizes].reduce((sum, [other, size]) => (other === id ? sum : sum + size), 0)
      if (others + bytes.byteLength > capacityBytes) await failing('QuotaExceededError')
      sizes.set(id, bytes.byteLength)
      await blobs.put(id, bytes)
    },
    delete: async (id) => {
      sizes.delete(id)
      await blobs.delete(id)
    },
  }
  return { blobs: limited, index }
}

describe('a full device', () => {
  it('makes room for what arrives, though the budget would allow more', async () => {
    const { cache, events, storage } = create({
      storage: deviceOf(250),
      budget: { entries: 9, bytes: 9_000 },
    })
    for (const id of ['a', 'b']) await cache.store(id, hundred())
    expect(await cache.store('c', hundred())).toBe(true)
    expect((await storage.blobs.ids()).sort()).toEqual(['b', 'c'])
    expect(events).toContainEqual({ kind: 'evicted', id: 'a' })
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([])
  })

  it('says that it could not store where even that does not help, and goes on', async () => {
    const { cache, events, storage } = create({
      storage: deviceOf(150),
      budget: { entries: 9, bytes: 9_000 },
    })
    await cache.store('a', hundred())
    await cache.pin(['a'])
    expect(await cache.store('b', hundred())).toBe(false)
    expect(events).toContainEqual({ kind: 'notice', code: 'cache-quota-exceeded' })
    expect(Object.keys((await cache.contents()).entries)).toEqual(['a'])
    await cache.pin([])
    expect(await cache.store('b', hundred())).toBe(true)
    expect(await storage.blobs.ids()).toEqual(['b'])
  })
})

describe('storage that does not work', () => {
  it('is told once it is met, and rejects nothing', async () => {
    const { blobs, index } = createMemoryStorage()
    const { cache, events } = create({
      storage: { blobs: { ...blobs, ids: () => failing('SecurityError') }, index },
    })
    expect(await cache.get('a')).toBeUndefined()
    expect(await cache.store('a', hundred())).toBe(false)
    await cache.use('a')
    await cache.clear()
    expect((await cache.contents()).isStorageUsable).toBe(false)
    expect(events).toContainEqual({ kind: 'notice', code: 'cache-unavailable' })
  })

  it('costs recency, not blobs, where only the index is broken', async () => {
    const { blobs } = createMemoryStorage()
    const index: IndexStorage = { load: () => failing('UnknownError'), save: () => failing('UnknownError') }
    const names = naming({ a: 'evictable', b: 'evictable', c: 'evictable' })
    const first = create({ storage: { blobs, index }, names })
    for (const id of ['a', 'b', 'c']) expect(await first.cache.store(id, hundred())).toBe(true)
    await first.cache.settled()
    expect(first.events).toContainEqual({ kind: 'notice', code: 'cache-unavailable' })
    const second = create({ storage: { blobs, index }, names })
    expect(storedBytes(await second.cache.contents())).toBe(200)
    expect(await second.cache.get('c')).toEqual(hundred())
  })
})

describe('the partition cache', () => {
  it('keeps residents outside the budget, through everything but their own removal', async () => {
    const { cache, storage } = create({
      names: naming({ general: 'resident', a: 'evictable' }),
      budget: { entries: 1, bytes: 100 },
    })
    await cache.store('general', hundred(), 'resident')
    await cache.store('a', hundred())
    await cache.setBudget({ entries: 0, bytes: 0 })
    await cache.clear()
    await cache.reconcile()
    await cache.settled()
    expect(await storage.blobs.ids()).toEqual(['general'])
    expect((await cache.contents()).residents).toEqual(['general'])
    await cache.remove('general')
    expect(await storage.blobs.ids()).toEqual([])
  })

  it('keeps what is stored again before its eviction has had its turn', async () => {
    const { cache, storage } = create({ budget: { entries: 1, bytes: 1_000 } })
    await Promise.all([cache.store('a', hundred()), cache.store('b', hundred()), cache.store('a', hundred())])
    await cache.settled()
    expect(await storage.blobs.ids()).toEqual(['a'])
    expect(Object.keys((await cache.contents()).entries)).toEqual(['a'])
  })

  it('answers before it evicts', async () => {
    const { blobs, index } = createMemoryStorage()
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const slow: BlobStorage = { ...blobs, delete: async (id) => (await held, blobs.delete(id)) }
    const { cache } = create({ storage: { blobs: slow, index }, budget: { entries: 1, bytes: 1_000 } })
    await cache.store('a', hundred())
    expect(await cache.store('b', hundred())).toBe(true)
    expect((await blobs.ids()).sort()).toEqual(['a', 'b'])
    letGo()
    await cache.settled()
    expect(await blobs.ids()).toEqual(['b'])
  })
})

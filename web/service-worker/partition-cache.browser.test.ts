import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, it } from 'vitest'
import { describeCache } from '../../core/cache/lru.cases.ts'
import { PartitionCache, type PartitionCacheEvent } from '../../core/cache/partition-cache.ts'
import type { BlobNames, Keeping } from '../../core/cache/reconcile.ts'
import type { BlobStorage, IndexStorage } from '../../core/cache/storage.ts'
import { createBlobStorage } from './blob-storage.ts'
import { createRecencyStore, type RecencyStore } from './recency-store.ts'

// The real Cache Storage and IndexedDB of a real browser; a page has the same ones as a service worker.

interface RealStorage {
  readonly blobs: BlobStorage
  readonly index: RecencyStore
  readonly cacheName: string
  readonly databaseName: string
}

let count = 0
const opened: RealStorage[] = []

function openStorage(): RealStorage {
  const name = `test-${count++}`
  const storage = {
    blobs: createBlobStorage(name),
    index: createRecencyStore(name),
    cacheName: name,
    databaseName: name,
  }
  opened.push(storage)
  return storage
}

afterEach(async () => {
  for (const { index, cacheName, databaseName } of opened.splice(0)) {
    await index.close()
    await caches.delete(cacheName)
    await deleteDB(databaseName)
  }
})

const hundred = (): Uint8Array<ArrayBuffer> => new Uint8Array(100)
const roles: Readonly<Record<string, Keeping>> = {
  a: 'evictable',
  b: 'evictable',
  c: 'evictable',
  d: 'evictable',
  general: 'resident',
}
const names: BlobNames = {
  isComplete: true,
  blobs: new Map(Object.entries(roles).map(([id, keeping]) => [id, { bytes: 100, keeping }])),
}

function createCache(
  { blobs, index }: { readonly blobs: BlobStorage; readonly index: IndexStorage },
  entries = 2,
) {
  const events: PartitionCacheEvent[] = []
  const cache = new PartitionCache({
    blobs,
    index,
    names: () => Promise.resolve(names),
    budget: { entries, bytes: 1_000 },
    onEvent: (event) => void events.push(event),
  })
  return { cache, events }
}

describeCache('the partition cache over Cache Storage and IndexedDB', (budget) => {
  const { blobs, index } = openStorage()
  const unknown: BlobNames = { isComplete: false, blobs: new Map() }
  const cache = new PartitionCache({ blobs, index, names: () => Promise.resolve(unknown), budget })
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
      return blobs.ids()
    },
  })
})

/** The storage as it looks to a thread that dies after `writes` writes: from then on nothing answers. */
function dyingAfter(writes: number, { blobs, index }: RealStorage) {
  const silence = new Promise<never>(() => undefined)
  let reportDeath = (): void => undefined
  const death = new Promise<void>((resolve) => (reportDeath = resolve))
  const write = (perform: () => Promise<void>): Promise<void> => {
    if (writes-- > 0) return perform()
    reportDeath()
    return silence
  }
  return {
    death,
    blobs: {
      ...blobs,
      put: (id, bytes) => write(() => blobs.put(id, bytes)),
      delete: (id) => write(() => blobs.delete(id)),
    } satisfies BlobStorage,
    index: { ...index, save: (state) => write(() => index.save(state)) } satisfies IndexStorage,
  }
}

describe('a service worker that dies between two writes', () => {
  // Blob and index of the generalist, a and b; then c: blob, index, eviction of a; then the removal of b:
  // blob, index.
  async function live(cache: PartitionCache): Promise<void> {
    await cache.store('general', hundred(), 'resident')
    for (const id of ['a', 'b', 'c']) await cache.store(id, hundred())
    await cache.settled()
    await cache.remove('b')
    await cache.settled()
  }

  it.each(Array.from({ length: 11 }, (_, writes) => writes))(
    'loses and leaks nothing after %i writes',
    async (writes) => {
      const storage = openStorage()
      const dying = dyingAfter(writes, storage)
      await Promise.race([live(createCache(dying).cache), dying.death])
      const atDeath = await storage.blobs.ids()

      const { cache } = createCache(storage)
      const { entries, residents } = await cache.contents()
      await cache.settled()
      const stored = (await storage.blobs.ids()).sort()
      expect(stored).toEqual([...Object.keys(entries), ...residents].sort())
      expect(residents).toEqual(stored.includes('general') ? ['general'] : [])
      expect(Object.keys(entries).length).toBeLessThanOrEqual(2)
      const lost = atDeath.filter((id) => !stored.includes(id))
      expect(lost).toEqual(Object.keys(entries).length === 2 ? lost : [])
      const saved = await storage.index.load()
      expect(Object.keys(saved?.entries ?? {}).sort()).toEqual(Object.keys(entries).sort())
    },
  )
})

describe('the index in IndexedDB', () => {
  it('is opened again when the browser has closed it', async () => {
    const storage = openStorage()
    const { cache, events } = createCache(storage)
    await cache.store('a', hundred())
    // Deleting the database makes the browser ask every connection to close, as clearing the storage does.
    await deleteDB(storage.databaseName)
    await cache.store('b', hundred())
    expect(Object.keys((await storage.index.load())?.entries ?? {})).toEqual(['a', 'b'])
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([])
  })

  it('is begun anew where it cannot be read, and the blobs are adopted', async () => {
    const storage = openStorage()
    await createCache(storage).cache.store('a', hundred())
    await storage.index.close()
    const database = await openDB(storage.databaseName, 1)
    await database.put('index', { clock: 'late' }, 'state')
    database.close()
    const { entries } = await createCache(storage).cache.contents()
    expect(entries).toEqual({ a: { bytes: 100, lastUse: 0 } })
  })

  it('does without where the database does not open, for one of a newer app holds it', async () => {
    const storage = openStorage()
    const newer = await openDB(storage.databaseName, 2, {
      upgrade: (database) => void database.createObjectStore('other'),
    })
    const { cache, events } = createCache(storage)
    expect(await cache.store('a', hundred())).toBe(true)
    expect(await cache.get('a')).toEqual(hundred())
    expect(events).toContainEqual({ kind: 'notice', code: 'cache-unavailable' })
    newer.close()
  })
})

describe('blobs in Cache Storage', () => {
  it('are gone without an error where the browser has deleted them', async () => {
    const { blobs, cacheName } = openStorage()
    await blobs.put('a', hundred())
    await caches.delete(cacheName)
    expect(await blobs.get('a')).toBeUndefined()
    expect(await blobs.ids()).toEqual([])
    await blobs.delete('a')
  })

  it('are found past keys that are no names of blobs', async () => {
    const { blobs, cacheName } = openStorage()
    await blobs.put('a', hundred())
    const cache = await caches.open(cacheName)
    for (const key of ['/cachenet-partitions/%', '/cachenet-partitions/%E0%A4%A', '/elsewhere'])
      await cache.put(key, new Response('?'))
    expect(await blobs.ids()).toEqual(['a'])
  })

  it('may be called anything', async () => {
    const { blobs } = openStorage()
    await blobs.put('a/b?c=ü', hundred())
    expect(await blobs.ids()).toEqual(['a/b?c=ü'])
    expect(await blobs.get('a/b?c=ü')).toEqual(hundred())
  })
})

import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import * as z from 'zod/mini'
import type { CacheState } from '../../core/cache/lru.ts'
import type { IndexStorage } from '../../core/cache/storage.ts'
import { withTimeLimit } from '../../core/with-time-limit.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

interface RecencySchema extends DBSchema {
  index: { key: 'state'; value: unknown }
}

const openLimitMs = 4_000

const count = z.number().check(z.nonnegative())
const stateSchema: z.ZodMiniType<CacheState> = z.object({
  budget: z.object({ entries: count, bytes: count }),
  clock: count,
  entries: z.record(z.string(), z.object({ bytes: count, lastUse: count })),
  pinned: z.array(z.string()),
})

export interface RecencyStore extends IndexStorage {
  close(): Promise<void>
}

/**
 * The cache's index in IndexedDB: Cache Storage keeps no metadata, and a service worker's variables die with it. One record, so that
 * it is always whole.
 */
export function createRecencyStore(databaseName = 'cachenet-partition-cache'): RecencyStore {
  let opening: Promise<IDBPDatabase<RecencySchema>> | undefined

  const open = (): Promise<IDBPDatabase<RecencySchema>> => {
    opening ??= withTimeLimit(
      openDB<RecencySchema>(databaseName, 1, {
        upgrade: (database) => void database.createObjectStore('index'),
        // Another version of the app wants to change the database: out of its way.
        blocking: () => void close(),
        terminated: () => (opening = undefined),
      }),
      openLimitMs,
      () => new CacheNetError('cache-unavailable', 'The database of this browser does not open; what is cached is found again without it.', { openLimitMs }),
    )
    opening.catch(() => (opening = undefined))
    return opening
  }

  async function close(): Promise<void> {
    const closing = opening
    opening = undefined
    const database = await closing?.catch(() => undefined)
    database?.close()
  }

  /** Browsers close databases behind our back (storage cleared, memory short): then it is opened again, once. */
  async function withDatabase<Value>(act: (database: IDBPDatabase<RecencySchema>) => Promise<Value>): Promise<Value> {
    try {
      return await act(await open())
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name !== 'InvalidStateError') throw thrown
      opening = undefined
      return await act(await open())
    }
  }

  return {
    async load() {
      const parsed = stateSchema.safeParse(await withDatabase((database) => database.get('index', 'state')))
      return parsed.success ? parsed.data : undefined
    },
    async save(state) {
      await withDatabase((database) => database.put('index', state, 'state'))
    },
    close,
  }
}

import * as z from 'zod/mini'
import type { CacheState } from '../../core/cache/lru.ts'
import type { IndexStorage } from '../../core/cache/storage.ts'
import { createDatabase } from '../storage/database.ts'

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
 * The cache's index in IndexedDB: Cache Storage keeps no metadata, and a service worker's variables die with
 * it. One record, so that it is always whole.
 */
export function createRecencyStore(databaseName = 'cachenet-partition-cache'): RecencyStore {
  const database = createDatabase(databaseName, 'index')
  return {
    async load() {
      const parsed = stateSchema.safeParse(await database.run((opened) => opened.get('index', 'state')))
      return parsed.success ? parsed.data : undefined
    },
    async save(state) {
      await database.run((opened) => opened.put('index', state, 'state'))
    },
    close: () => database.close(),
  }
}

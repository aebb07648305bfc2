import { openDB, type IDBPDatabase } from 'idb'
import { withTimeLimit } from '../../core/with-time-limit.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

const openLimitMs = 4_000

/** A database of one object store, opened when it is first asked for. */
export interface Database {
  /**
   * Rejects with `cache-unavailable` where the browser does not open it in time, and as the browser does
   * where it fails.
   */
  run<Value>(act: (database: IDBPDatabase) => Promise<Value>): Promise<Value>
  close(): Promise<void>
}

export function createDatabase(name: string, store: string): Database {
  let opening: Promise<IDBPDatabase> | undefined

  const open = (): Promise<IDBPDatabase> => {
    opening ??= withTimeLimit(
      openDB(name, 1, {
        upgrade: (database) => void database.createObjectStore(store),
        // Another version of the app wants to change the database: out of its way.
        blocking: () => void close(),
        terminated: () => (opening = undefined),
      }),
      openLimitMs,
      () =>
        new CacheNetError(
          'cache-unavailable',
          'The database of this browser does not open; what is cached is found again without it.',
          { name, openLimitMs },
        ),
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

  return {
    /**
     * Browsers close databases behind our back (storage cleared, memory short): then it is opened again,
     * once.
     */
    async run(act) {
      try {
        return await act(await open())
      } catch (thrown) {
        if (!(thrown instanceof Error) || thrown.name !== 'InvalidStateError') throw thrown
        opening = undefined
        return await act(await open())
      }
    },
    close,
  }
}

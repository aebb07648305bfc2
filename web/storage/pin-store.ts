import { createMemoryPins } from '../../core/trust/memory-pins.ts'
import type { PinStore } from '../../core/trust/manifest-trust.ts'
import { pinSchema, type Pin } from '../../core/trust/pin.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createDatabase } from './database.ts'

const store = 'pins'

/** What is stored and is no pin of ours counts as none. */
function readPin(value: unknown): Pin | undefined {
  const parsed = pinSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

/** A refusal of `decide`, on its way past what catches the browser's own failures. */
class Decided {
  readonly thrown: unknown
  constructor(thrown: unknown) {
    this.thrown = thrown
  }
}

/**
 * What this device holds to, in IndexedDB, which page and service worker share. Where the browser gives none
 * (private mode), in memory: then the first key that a page sees holds for as long as the page.
 */
export function createPinStore(databaseName = 'cachenet-trust'): PinStore & { close(): Promise<void> } {
  const database = createDatabase(databaseName, store)
  const memory = createMemoryPins()

  const updateStored = (name: string, decide: (pin: Pin | undefined) => Pin): Promise<Decided | undefined> =>
    database.run(async (opened) => {
      const transaction = opened.transaction(store, 'readwrite')
      const before = readPin(await transaction.store.get(name))
      let next: Pin
      try {
        next = decide(before)
      } catch (thrown) {
        await transaction.done
        return new Decided(thrown)
      }
      if (next !== before) await transaction.store.put(next, name)
      await transaction.done
      memory.set(name, next)
      return undefined
    })

  return {
    // Opening takes a few milliseconds, which pass while the manifest is on its way.
    prepare: () => void database.run(() => Promise.resolve()).catch(() => undefined),
    async update(name, decide) {
      let decided: Decided | undefined
      try {
        decided = await updateStored(name, decide)
      } catch (thrown) {
        if (thrown instanceof CacheNetError && thrown.code !== 'cache-unavailable') throw thrown
        return memory.update(name, decide)
      }
      if (decided !== undefined) throw decided.thrown
    },
    close: () => database.close(),
  }
}

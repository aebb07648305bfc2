import { CacheNetError, type ErrorCode } from '../wire/errors.ts'
import { withTimeLimit } from '../with-time-limit.ts'
import {
  createCacheState,
  stepCache,
  type CacheBudget,
  type CacheEvent,
  type CacheState,
  type CacheTransition,
} from './lru.ts'
import { makeRoom, reconcileCache, type BlobNames } from './reconcile.ts'
import { SerialQueue } from './serial-queue.ts'
import type { BlobStorage, IndexStorage } from './storage.ts'

export const defaultBudget: CacheBudget = { entries: 4, bytes: 64 * 2 ** 20 }

/** What happens in the cache that others may want to know. */
export type PartitionCacheEvent =
  | { readonly kind: 'changed' }
  | { readonly kind: 'evicted'; readonly id: string }
  /** Something went wrong that nobody asked about: `cache-quota-exceeded`, `cache-unavailable`. */
  | { readonly kind: 'notice'; readonly code: ErrorCode }

export interface PartitionCacheOptions {
  readonly blobs: BlobStorage
  readonly index: IndexStorage
  /** What the stored manifests name; asked at the start and on every `reconcile`. */
  readonly names: () => Promise<BlobNames>
  readonly onEvent?: (event: PartitionCacheEvent) => void
  /** Until somebody sets another. */
  readonly budget?: CacheBudget
}

export interface CacheContents extends CacheState {
  /** Blobs outside the budget, which are never evicted. */
  readonly residents: readonly string[]
  /** False where the storage does not work: then nothing outlives the thread. */
  readonly isStorageUsable: boolean
}

const readLimitMs = 5_000

const isQuotaError = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === 'QuotaExceededError'

/**
 * The partition cache: the policy of `stepCache` over any storage. Every change goes through one queue.
 *
 * Blobs and index cannot be written in one step, and the thread may die between any two writes. So the order
 * is fixed (blob, then index, then evictions), and before the first operation of every life the two are
 * reconciled. Trouble with the storage never rejects what a reader waits for; it is told as a notice.
 */
export class PartitionCache {
  readonly #options: PartitionCacheOptions
  readonly #queue = new SerialQueue()
  /** Evicted, and not yet deleted. What is stored again meanwhile is no longer in it. */
  readonly #doomed = new Set<string>()
  #state: CacheState
  #isStorageUsable = true
  #start: Promise<void> | undefined

  constructor(options: PartitionCacheOptions) {
    this.#options = options
    this.#state = createCacheState(options.budget ?? defaultBudget)
  }

  /** The stored blob, as it was stored, or undefined. Does not count as a use. */
  async get(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    await this.#started()
    if (!this.#isStorageUsable) return undefined
    try {
      return await withTimeLimit(
        this.#options.blobs.get(id),
        readLimitMs,
        () => new CacheNetError('cache-unavailable', 'The storage does not answer.'),
      )
    } catch {
      this.#notify('cache-unavailable')
      return undefined
    }
  }

  /**
   * Stores a blob and evicts what no longer fits; resolves before the evictions are done (see `settled`).
   * False where it could not be stored, which a notice explains: the caller has the only copy.
   */
  async store(
    id: string,
    bytes: Uint8Array<ArrayBuffer>,
    keeping: 'evictable' | 'resident' = 'evictable',
  ): Promise<boolean> {
    await this.#started()
    const storing = this.#queue.run(async () => {
      if (!this.#isStorageUsable || !(await this.#put(id, bytes))) return false
      this.#doomed.delete(id)
      if (keeping === 'resident') this.#emit({ kind: 'changed' })
      else await this.#commit(stepCache(this.#state, { kind: 'stored', id, bytes: bytes.byteLength }))
      return true
    })
    return storing.catch(() => {
      this.#notify('cache-unavailable')
      return false
    })
  }

  /** Notes a use for an answer. */
  use(id: string): Promise<void> {
    return this.#step({ kind: 'used', id })
  }

  /** Protects exactly these from eviction, and no longer those pinned before. */
  pin(ids: readonly string[]): Promise<void> {
    return this.#step({ kind: 'pinned', ids })
  }

  setBudget(budget: CacheBudget): Promise<void> {
    return this.#step({ kind: 'budget-set', budget })
  }

  /** Deletes one blob, pinned or resident as it may be. */
  async remove(id: string): Promise<void> {
    await this.#started()
    await this.#queue.run(() => this.#delete([id]))
  }

  /** Deletes all partitions, pinned ones too. Residents stay. */
  async clear(): Promise<void> {
    await this.#started()
    await this.#queue.run(() => this.#delete(Object.keys(this.#state.entries)))
  }

  /** Drops what no stored manifest names any longer, and adopts what one names. */
  async reconcile(): Promise<void> {
    await this.#started()
    await this.#queue.run(() => this.#reconcile())
  }

  async contents(): Promise<CacheContents> {
    await this.#started()
    return this.#queue.run(async () => {
      const stored = this.#isStorageUsable ? await this.#options.blobs.ids() : []
      // Browsers empty storage without asking.
      if (this.#isStorageUsable && Object.keys(this.#state.entries).some((id) => !stored.includes(id)))
        await this.#reconcile()
      const residents = stored.filter((id) => this.#state.entries[id] === undefined)
      return { ...this.#state, residents, isStorageUsable: this.#isStorageUsable }
    })
  }

  /** Resolves when evictions and everything else that was begun is done. */
  settled(): Promise<void> {
    return this.#queue.settled()
  }

  #started(): Promise<void> {
    this.#start ??= this.#queue
      .run(async () => {
        await this.#load()
        await this.#reconcile()
      })
      .catch(() => {
        this.#isStorageUsable = false
        this.#notify('cache-unavailable')
      })
    return this.#start
  }

  async #load(): Promise<void> {
    try {
      this.#state = (await this.#options.index.load()) ?? this.#state
    } catch {
      this.#notify('cache-unavailable')
    }
  }

  async #step(event: CacheEvent): Promise<void> {
    await this.#started()
    await this.#queue.run(() => this.#commit(stepCache(this.#state, event)))
  }

  async #reconcile(): Promise<void> {
    const [storedIds, names] = await Promise.all([this.#options.blobs.ids(), this.#options.names()])
    await this.#commit(reconcileCache(this.#state, storedIds, names))
  }

  /** Index first, evictions after it and after whoever waits for this. */
  async #commit({ state, evictions }: CacheTransition): Promise<void> {
    if (state === this.#state && evictions.length === 0) return
    this.#state = state
    for (const id of evictions) this.#doomed.add(id)
    await this.#save()
    this.#emit({ kind: 'changed' })
    if (evictions.length > 0)
      void this.#queue.run(() => this.#evict(evictions)).catch(() => this.#notify('cache-unavailable'))
  }

  async #evict(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (!this.#doomed.has(id)) continue
      await this.#options.blobs.delete(id)
      this.#doomed.delete(id)
      this.#emit({ kind: 'evicted', id })
    }
  }

  /** Blobs first: what somebody asked to delete must not be adopted again. */
  async #delete(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.#isStorageUsable) await this.#options.blobs.delete(id)
      this.#state = stepCache(this.#state, { kind: 'removed', id }).state
    }
    await this.#save()
    this.#emit({ kind: 'changed' })
  }

  async #put(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    try {
      await this.#options.blobs.put(id, bytes)
      return true
    } catch (thrown) {
      if (!isQuotaError(thrown)) {
        this.#notify('cache-unavailable')
        return false
      }
    }
    const { state, evictions } = makeRoom(this.#state, bytes.byteLength)
    this.#state = state
    for (const evicted of evictions) this.#doomed.add(evicted)
    try {
      await this.#save()
      await this.#evict(evictions)
      this.#emit({ kind: 'changed' })
      await this.#options.blobs.put(id, bytes)
      return true
    } catch (thrown) {
      this.#notify(isQuotaError(thrown) ? 'cache-quota-exceeded' : 'cache-unavailable')
      return false
    }
  }

  /**
   * A lost index costs recency, never a blob: the next life adopts what it finds. So it is told, and work
   * goes on.
   */
  async #save(): Promise<void> {
    if (!this.#isStorageUsable) return
    try {
      await this.#options.index.save(this.#state)
    } catch (thrown) {
      this.#notify(isQuotaError(thrown) ? 'cache-quota-exceeded' : 'cache-unavailable')
    }
  }

  #notify(code: ErrorCode): void {
    this.#emit({ kind: 'notice', code })
  }

  #emit(event: PartitionCacheEvent): void {
    this.#options.onEvent?.(event)
  }
}

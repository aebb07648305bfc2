import type { CacheState } from './lru.ts'

/** Where a cache puts its blobs. Thin: it decides nothing. */
export interface BlobStorage {
  /** Undefined where there is none: browsers empty storage without asking. The caller owns the bytes. */
  get(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Rejects with a `QuotaExceededError` where the device is full. */
  put(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Deleting what is not there is no error. */
  delete(id: string): Promise<void>
  ids(): Promise<string[]>
}

/** Where a cache keeps what it knows of its blobs: budget, clock, recency and pins. */
export interface IndexStorage {
  /** Undefined where nothing was saved yet, or nothing that can be read. */
  load(): Promise<CacheState | undefined>
  save(state: CacheState): Promise<void>
}

/** Storage that ends with its thread: for browsers that offer no other. */
export function createMemoryStorage(): { readonly blobs: BlobStorage; readonly index: IndexStorage } {
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>()
  let index: CacheState | undefined
  return {
    blobs: {
      get: (id) => Promise.resolve(blobs.get(id)?.slice()),
      put: (id, bytes) => {
        blobs.set(id, bytes.slice())
        return Promise.resolve()
      },
      delete: (id) => {
        blobs.delete(id)
        return Promise.resolve()
      },
      ids: () => Promise.resolve([...blobs.keys()]),
    },
    index: {
      load: () => Promise.resolve(index),
      save: (state) => {
        index = state
        return Promise.resolve()
      },
    },
  }
}

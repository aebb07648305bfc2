import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { BlobOrigin } from '../../../core/cache/blob-source.ts'
import type { CacheBudget } from '../../../core/cache/lru.ts'
import type { CacheEvent, CacheSnapshot } from '../../messages/cache.ts'

export interface FetchedBlob {
  /** The caller's own: may be transferred to a worker. */
  readonly bytes: ArrayBuffer
  readonly source: BlobOrigin
}

export type OnProgress = (receivedBytes: number, totalBytes: number) => void

/**
 * A partition cache as the page sees it, wherever it stores. Every call can be called off, and rejects with a
 * `CacheNetError`.
 */
export interface CacheBackend {
  /** False where what is cached ends with this page. */
  readonly isPersistent: boolean
  fetchBlob(
    signal: AbortSignal,
    bundleId: string,
    ref: BlobRef,
    onProgress?: OnProgress,
  ): Promise<FetchedBlob>
  /** Sees to it that the blob is cached, without handing it over. */
  prefetch(signal: AbortSignal, bundleId: string, ref: BlobRef): Promise<BlobOrigin>
  /**
   * Stores a blob that came inside an answer. Rejects with `blob-altered` or `blob-truncated` where it is not
   * what its name says.
   */
  store(signal: AbortSignal, bundleId: string, ref: BlobRef, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  list(signal: AbortSignal): Promise<CacheSnapshot>
  use(signal: AbortSignal, sha256: string): Promise<void>
  pin(signal: AbortSignal, sha256s: readonly string[]): Promise<void>
  setBudget(signal: AbortSignal, budget: CacheBudget): Promise<void>
  remove(signal: AbortSignal, sha256: string): Promise<void>
  clear(signal: AbortSignal): Promise<void>
  forgetBundle(signal: AbortSignal, bundleId: string): Promise<void>
  onEvent(listener: (event: CacheEvent) => void): () => void
  close(): void
}

import { signal, type ReadonlySignal } from '@preact/signals'
import type { CacheSnapshot } from '../../messages/cache.ts'
import type { CacheClient, CacheClientEvent } from '../partitions/cache-client.ts'

export interface CacheView {
  readonly snapshot: ReadonlySignal<CacheSnapshot | undefined>
  /** Share of each download that has arrived, by hash. */
  readonly downloads: ReadonlySignal<ReadonlyMap<string, number>>
  readonly isPersistent: ReadonlySignal<boolean>
  /** Follows a cache from now on. Never rejects. */
  follow(cache: CacheClient): Promise<void>
}

/** What the page shows of the partition cache. */
export function createCacheView(): CacheView {
  const snapshot = signal<CacheSnapshot | undefined>(undefined)
  const downloads = signal<ReadonlyMap<string, number>>(new Map())
  const isPersistent = signal(true)

  async function refresh(cache: CacheClient): Promise<void> {
    try {
      snapshot.value = await cache.list(new AbortController().signal)
    } catch {
      // The panel shows what it knew; the next change brings it up to date.
    }
  }

  function setDownload(sha256: string, share: number): void {
    const next = new Map(downloads.value)
    if (share < 1) next.set(sha256, share)
    else next.delete(sha256)
    downloads.value = next
  }

  function hear(cache: CacheClient, event: CacheClientEvent): void {
    switch (event.kind) {
      case 'changed':
        snapshot.value = event.snapshot
        return
      case 'progress':
        setDownload(event.sha256, event.receivedBytes / event.totalBytes)
        return
      case 'persistence':
        isPersistent.value = event.isPersistent
        void refresh(cache)
        return
      case 'evicted':
      case 'notice':
        return
      default:
        event satisfies never
    }
  }

  return {
    snapshot,
    downloads,
    isPersistent,
    follow(cache) {
      isPersistent.value = cache.isPersistent
      cache.onEvent((event) => hear(cache, event))
      return refresh(cache)
    },
  }
}

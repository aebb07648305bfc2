import { cacheNotice } from '../state/cache-notice.ts'
import type { Notices } from '../state/notices.ts'
import type { CacheClientEvent } from './cache-client.ts'

export interface CacheListenerOptions {
  readonly notices: Pick<Notices, 'show' | 'dismiss'>
  readonly onEvicted: (sha256: string) => void
  /** The service worker took over: what is cached from now on outlives the page. */
  readonly onPersistent: () => void
}

/** What follows on the page from what the cache says unasked. */
export function createCacheListener({
  notices,
  onEvicted,
  onPersistent,
}: CacheListenerOptions): (event: CacheClientEvent) => void {
  let storedBytes = Infinity
  return (event) => {
    switch (event.kind) {
      case 'evicted':
        onEvicted(event.sha256)
        return
      case 'persistence':
        if (event.isPersistent) onPersistent()
        return
      case 'notice':
        notices.show(cacheNotice(event.code))
        return
      case 'changed':
        // More is stored than before: the trouble is over.
        if (event.snapshot.storedBytes > storedBytes) notices.dismiss('storage')
        storedBytes = event.snapshot.storedBytes
        return
      case 'progress':
        return
      default:
        event satisfies never
    }
  }
}

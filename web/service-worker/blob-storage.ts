import type { BlobStorage } from '../../core/cache/storage.ts'

/** Carries no version of the app: a new one finds what the last one stored. */
export const blobCacheName = 'cachenet-partitions-v1'

// Stored by content, not by bundle: two bundles that share a blob share its entry. Nobody else asks for this
// path.
const folder = '/cachenet-partitions/'

const keyOf = (id: string): string => new URL(`${folder}${encodeURIComponent(id)}`, self.location.origin).href

/**
 * Undefined for a key that is none of ours. Whoever shares the origin may put anything here, and it must not
 * hide the rest.
 */
function idOf({ url }: Request): string | undefined {
  try {
    const { pathname } = new URL(url)
    return pathname.startsWith(folder) ? decodeURIComponent(pathname.slice(folder.length)) : undefined
  } catch {
    return undefined
  }
}

/** Blobs in the Cache Storage API. Opens the cache anew each time: the browser may have emptied it since. */
export function createBlobStorage(cacheName = blobCacheName): BlobStorage {
  return {
    async get(id) {
      const cache = await caches.open(cacheName)
      const response = await cache.match(keyOf(id))
      return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer())
    },
    async put(id, bytes) {
      const cache = await caches.open(cacheName)
      await cache.put(
        keyOf(id),
        new Response(bytes, { headers: { 'Content-Type': 'application/octet-stream' } }),
      )
    },
    async delete(id) {
      const cache = await caches.open(cacheName)
      await cache.delete(keyOf(id))
    },
    async ids() {
      const cache = await caches.open(cacheName)
      return (await cache.keys()).map(idOf).filter((id) => id !== undefined)
    },
  }
}

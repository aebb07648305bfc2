import { fileOfStored, sharedCacheName, sharedParameter } from '../../messages/shared-files.ts'

/**
 * Files that another app shared with this one, which the service worker has put by. They are handed out once.
 */
export async function takeSharedFiles(parameters: URLSearchParams): Promise<File[]> {
  if (!parameters.has(sharedParameter)) return []
  try {
    const cache = await caches.open(sharedCacheName)
    const files: File[] = []
    for (const request of await cache.keys()) {
      const stored = await cache.match(request)
      if (stored !== undefined) files.push(await fileOfStored(stored))
    }
    await caches.delete(sharedCacheName)
    return files
  } catch {
    return []
  }
}

import type { PrecacheEntry } from 'workbox-precaching'
import { registerRoute } from 'workbox-routing'

const cacheName = 'cachenet-threads'

const urlOf = (entry: PrecacheEntry | string): string => (typeof entry === 'string' ? entry : entry.url)

/** Whether a file of the app is one of those that only more threads than one need: worker, glue, a thread's script, WebAssembly. */
export const isThreadsFile = (entry: PrecacheEntry | string): boolean => /^assets\/(main-threaded|kernel-thread|tfjs-backend-wasm-threaded-simd)-/.test(urlOf(entry))

/**
 * Serves what more threads need. It is stored when it is first asked for, and not with the app: one thread is the default, and most phones would
 * download and keep half a megabyte for nothing. All of it is stored then, so that it starts offline from then on; and a new version of the app brings
 * its own at its installation where the version before had been asked for them. Names have hashes: a file never changes under its name.
 */
export function serveThreadsFiles(self: ServiceWorkerGlobalScope, entries: readonly (PrecacheEntry | string)[]): void {
  const urls = entries.map((entry) => new URL(urlOf(entry), self.location.origin).href)

  self.addEventListener('install', (event) => event.waitUntil(storeIfUsed(urls)))
  self.addEventListener('activate', (event) => event.waitUntil(forgetOthers(urls)))

  registerRoute(
    ({ url, request }) => request.method === 'GET' && urls.includes(url.href),
    async ({ url, event }) => {
      // The reading of a cache that cannot be opened, or is not there, is no reason not to answer.
      const stored = await caches.match(url.href, { cacheName }).catch(() => undefined)
      if (stored !== undefined) return stored
      event.waitUntil(storeMissing(urls).catch(() => undefined))
      return fetch(url.href)
    },
  )
}

async function storeIfUsed(urls: readonly string[]): Promise<void> {
  if (!(await caches.has(cacheName))) return
  // An app that can run on one thread is not held up for what it can do without.
  await storeMissing(urls).catch(() => undefined)
}

let storing: Promise<void> | undefined

/** Once for all who ask at the same time. */
function storeMissing(urls: readonly string[]): Promise<void> {
  storing ??= store(urls).finally(() => (storing = undefined))
  return storing
}

async function store(urls: readonly string[]): Promise<void> {
  const cache = await caches.open(cacheName)
  const stored = new Set((await cache.keys()).map(({ url }) => url))
  await cache.addAll(urls.filter((url) => !stored.has(url)))
}

async function forgetOthers(urls: readonly string[]): Promise<void> {
  if (!(await caches.has(cacheName))) return
  const cache = await caches.open(cacheName)
  for (const request of await cache.keys()) if (!urls.includes(request.url)) await cache.delete(request)
}

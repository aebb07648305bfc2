import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { CacheBudget } from '../../../core/cache/lru.ts'
import type { CacheEvent } from '../../messages/cache.ts'
import type { CacheBackend } from './cache-backend.ts'
import { createMemoryCache } from './memory-cache.ts'
import { claimPage, createServiceWorkerCache } from './service-worker-cache.ts'
import { createUseReporter } from './use-reporter.ts'

export type CacheClientEvent =
  | CacheEvent
  /** The cache has moved into the service worker: what is cached from here on outlives the page. */
  | { readonly kind: 'persistence'; readonly isPersistent: boolean }

export interface CacheClient extends Omit<CacheBackend, 'use' | 'onEvent'> {
  /**
   * Say it for every answer: it is passed on when another partition answers, and else at most once a second.
   */
  reportUse(sha256: string): void
  onEvent(listener: (event: CacheClientEvent) => void): () => void
}

export interface ConnectOptions {
  /**
   * How long the first visit waits for the service worker to be installed before it starts with a cache in
   * memory.
   */
  readonly firstWaitMs?: number
}

const probeLimitMs = 5_000
// The development server has no service worker to wait for.
const defaultFirstWaitMs = import.meta.env.DEV ? 0 : 2_000

/** Resolves when a service worker controls the page; never, where none ever does. */
function untilControlled(container: ServiceWorkerContainer): Promise<void> {
  if (container.controller !== null) return Promise.resolve()
  return new Promise((resolve) =>
    container.addEventListener('controllerchange', () => resolve(), { once: true }),
  )
}

const after = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))

/**
 * The cache in the service worker, if that works: a browser may have service workers and deny them storage.
 */
async function probe(container: ServiceWorkerContainer): Promise<CacheBackend | undefined> {
  const backend = createServiceWorkerCache(container)
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), probeLimitMs)
  try {
    if ((await backend.list(controller.signal)).isPersistent) return backend
  } catch {
    // Whatever it is, the page works without.
  } finally {
    clearTimeout(timer)
  }
  backend.close()
  return undefined
}

/**
 * Connects to the partition cache in the service worker. Where there is none (yet), the same cache runs in
 * the page's memory; it moves over when the service worker takes control. Never rejects.
 */
export async function connectCache({
  firstWaitMs = defaultFirstWaitMs,
}: ConnectOptions = {}): Promise<CacheClient> {
  const container = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker
  if (container === undefined) return createSwitchingClient(createMemoryCache())
  void claimPage(new AbortController().signal, container).catch(() => undefined)
  const controlled = untilControlled(container)
  await Promise.race([controlled, after(firstWaitMs)])
  const backend = container.controller === null ? undefined : await probe(container)
  if (backend !== undefined) return createSwitchingClient(backend)
  const client = createSwitchingClient(createMemoryCache())
  void controlled
    .then(() => probe(container))
    .then((found) => (found === undefined ? undefined : client.moveTo(found)))
    .catch(() => undefined)
  return client
}

/** A client whose backend can be replaced while it is used. Exported for tests. */
export function createSwitchingClient(
  first: CacheBackend,
): CacheClient & { moveTo(next: CacheBackend): Promise<void> } {
  let backend = first
  const listeners = new Set<(event: CacheClientEvent) => void>()
  const closing = new AbortController()
  // What the page has asked for so far, to be asked for again elsewhere.
  const fetched = new Map<string, { readonly bundleId: string; readonly ref: BlobRef }>()
  let pinned: readonly string[] | undefined
  let budget: CacheBudget | undefined

  const emit = (event: CacheClientEvent): void => {
    for (const listener of listeners) listener(event)
  }
  let stopListening = backend.onEvent(emit)

  return {
    get isPersistent() {
      return backend.isPersistent
    },
    fetchBlob(signal, bundleId, ref, onProgress) {
      if (!backend.isPersistent) fetched.set(ref.sha256, { bundleId, ref })
      return backend.fetchBlob(signal, bundleId, ref, onProgress)
    },
    prefetch(signal, bundleId, ref) {
      if (!backend.isPersistent) fetched.set(ref.sha256, { bundleId, ref })
      return backend.prefetch(signal, bundleId, ref)
    },
    store(signal, bundleId, ref, bytes) {
      if (!backend.isPersistent) fetched.set(ref.sha256, { bundleId, ref })
      return backend.store(signal, bundleId, ref, bytes)
    },
    list: (signal) => backend.list(signal),
    // A lost report of a use costs nothing: the next one follows within a second.
    reportUse: createUseReporter((sha256) => void backend.use(closing.signal, sha256).catch(() => undefined)),
    pin(signal, sha256s) {
      pinned = sha256s
      return backend.pin(signal, sha256s)
    },
    setBudget(signal, next) {
      budget = next
      return backend.setBudget(signal, next)
    },
    remove(signal, sha256) {
      fetched.delete(sha256)
      return backend.remove(signal, sha256)
    },
    clear(signal) {
      fetched.clear()
      return backend.clear(signal)
    },
    forgetBundle: (signal, bundleId) => backend.forgetBundle(signal, bundleId),
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      closing.abort()
      stopListening()
      listeners.clear()
      backend.close()
    },
    async moveTo(next) {
      const left = backend
      stopListening()
      backend = next
      stopListening = next.onEvent(emit)
      emit({ kind: 'persistence', isPersistent: next.isPersistent })
      if (budget !== undefined) await next.setBudget(closing.signal, budget)
      if (pinned !== undefined) await next.pin(closing.signal, pinned)
      // What memory still holds is downloaded once more, the generalist first, then the least recently used,
      // so that recency goes along.
      const held = await left.list(closing.signal).catch(() => undefined)
      for (const { sha256 } of [...(held?.entries ?? [])].reverse()) {
        const blob = fetched.get(sha256)
        if (blob !== undefined)
          await next.prefetch(closing.signal, blob.bundleId, blob.ref).catch(() => undefined)
      }
      fetched.clear()
      left.close()
    },
  }
}

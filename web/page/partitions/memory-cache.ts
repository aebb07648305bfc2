import type { Manifest } from '../../../core/bundle/manifest.ts'
import { nameBlobs } from '../../../core/cache/blob-names.ts'
import { createBundleCache, type KeptManifests } from '../../../core/cache/bundle-cache.ts'
import { createMemoryStorage } from '../../../core/cache/storage.ts'
import { fetchManifest } from '../../../core/client/fetch-manifest.ts'
import type { ManifestTrust } from '../../../core/trust/manifest-trust.ts'
import { takeSnapshot } from '../../messages/cache-snapshot.ts'
import type { CacheEvent, CacheSnapshot } from '../../messages/cache.ts'
import { deviceTrust } from '../boot/trust.ts'
import { within } from '../platform/within.ts'
import type { CacheBackend, OnProgress } from './cache-backend.ts'

export interface MemoryCacheOptions {
  readonly fetch?: typeof globalThis.fetch
  readonly trust?: ManifestTrust
  readonly idleLimitMs?: number
}

/** No longer than this for a manifest, in milliseconds. */
const manifestLimitMs = 25_000

/**
 * The partition cache in the page itself, for browsers that offer no service worker or no storage (private
 * mode, http:// from another machine): the same policy, and the same checks, for as long as the page lives.
 */
export function createMemoryCache({
  fetch = globalThis.fetch.bind(globalThis),
  trust = deviceTrust,
  ...limits
}: MemoryCacheOptions = {}): CacheBackend {
  const listeners = new Set<(event: CacheEvent) => void>()
  const progressOf = new Map<string, Set<OnProgress>>()
  const known = new Map<string, Manifest>()
  const manifests: KeptManifests = {
    names: () => Promise.resolve(nameBlobs(known.values(), true)),
    async refresh(signal, bundleId) {
      const { manifest } = await within(signal, manifestLimitMs, 'edge-timeout', (limited) =>
        fetchManifest(limited, { bundleId, trust, fetch }),
      )
      known.set(bundleId, manifest)
    },
    forget(bundleId) {
      known.delete(bundleId)
      return Promise.resolve()
    },
  }

  const emit = (event: CacheEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const cache = createBundleCache({
    ...createMemoryStorage(),
    ...limits,
    fetch,
    manifests,
    onEvent(event) {
      if (event.kind === 'changed')
        void list()
          .then((snapshot) => emit({ kind: 'changed', snapshot }))
          .catch(() => undefined)
      else if (event.kind === 'evicted') emit({ kind: 'evicted', sha256: event.id })
      else emit(event)
    },
    onProgress(sha256, receivedBytes, totalBytes) {
      emit({ kind: 'progress', sha256, receivedBytes, totalBytes })
      for (const listener of progressOf.get(sha256) ?? []) listener(receivedBytes, totalBytes)
    },
  })
  const { partitions } = cache

  async function list(): Promise<CacheSnapshot> {
    return takeSnapshot(await partitions.contents(), await manifests.names(), {
      bundleIds: [...known.keys()],
      isPersistent: false,
    })
  }

  return {
    isPersistent: false,
    async fetchBlob(signal, bundleId, { sha256 }, onProgress) {
      const progress = progressOf.get(sha256) ?? new Set()
      progressOf.set(sha256, progress)
      if (onProgress !== undefined) progress.add(onProgress)
      try {
        const { bytes, source } = await cache.fetchBlob(signal, bundleId, sha256)
        return { bytes: bytes.slice().buffer, source }
      } finally {
        if (onProgress !== undefined) progress.delete(onProgress)
        if (progress.size === 0) progressOf.delete(sha256)
      }
    },
    prefetch: async (signal, bundleId, { sha256 }) =>
      (await cache.fetchBlob(signal, bundleId, sha256)).source,
    store: (signal, bundleId, { sha256 }, bytes) => cache.store(signal, bundleId, sha256, bytes),
    list,
    use: (_signal, sha256) => partitions.use(sha256),
    pin: (_signal, sha256s) => partitions.pin(sha256s),
    setBudget: (_signal, budget) => partitions.setBudget(budget),
    remove: (_signal, sha256) => partitions.remove(sha256),
    clear: () => partitions.clear(),
    forgetBundle: (_signal, bundleId) => cache.forgetBundle(bundleId),
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
}

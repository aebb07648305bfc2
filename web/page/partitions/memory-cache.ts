import { verifyBlob } from '../../../core/bundle/hash.ts'
import type { BlobRef, Manifest } from '../../../core/bundle/manifest.ts'
import { nameBlobs } from '../../../core/cache/blob-names.ts'
import { createBlobSource, type BlobAnswer } from '../../../core/cache/blob-source.ts'
import { PartitionCache } from '../../../core/cache/partition-cache.ts'
import type { Keeping } from '../../../core/cache/reconcile.ts'
import { createMemoryStorage } from '../../../core/cache/storage.ts'
import { fetchManifest } from '../../../core/client/fetch-manifest.ts'
import type { ManifestTrust } from '../../../core/trust/manifest-trust.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
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
  const manifests = new Map<string, Manifest>()
  const names = () => nameBlobs(manifests.values(), true)

  const emit = (event: CacheEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const cache = new PartitionCache({
    ...createMemoryStorage(),
    names: () => Promise.resolve(names()),
    onEvent(event) {
      if (event.kind === 'changed')
        void list()
          .then((snapshot) => emit({ kind: 'changed', snapshot }))
          .catch(() => undefined)
      else if (event.kind === 'evicted') emit({ kind: 'evicted', sha256: event.id })
      else emit(event)
    },
  })
  const source = createBlobSource({
    ...limits,
    fetch,
    cache,
    onProgress(sha256, receivedBytes, totalBytes) {
      emit({ kind: 'progress', sha256, receivedBytes, totalBytes })
      for (const listener of progressOf.get(sha256) ?? []) listener(receivedBytes, totalBytes)
    },
  })

  async function list(): Promise<CacheSnapshot> {
    return takeSnapshot(await cache.contents(), names(), {
      bundleIds: [...manifests.keys()],
      isPersistent: false,
    })
  }

  async function keepingOf(signal: AbortSignal, bundleId: string, { sha256 }: BlobRef): Promise<Keeping> {
    const known = names().blobs.get(sha256)
    if (known !== undefined) return known.keeping
    const { manifest } = await within(signal, manifestLimitMs, 'edge-timeout', (limited) =>
      fetchManifest(limited, { bundleId, trust, fetch }),
    )
    manifests.set(bundleId, manifest)
    const named = names().blobs.get(sha256)
    if (named === undefined) {
      throw new CacheNetError(
        'blob-unknown',
        'No bundle here has such weights. Reload the page to get the newest bundle.',
        { bundleId, sha256 },
      )
    }
    return named.keeping
  }

  async function fetchShared(signal: AbortSignal, bundleId: string, ref: BlobRef): Promise<BlobAnswer> {
    const keeping = await keepingOf(signal, bundleId, ref)
    return source.fetchBlob(signal, { url: apiPaths.blob(bundleId, ref.sha256), ref, keeping })
  }

  return {
    isPersistent: false,
    async fetchBlob(signal, bundleId, ref, onProgress) {
      const progress = progressOf.get(ref.sha256) ?? new Set()
      progressOf.set(ref.sha256, progress)
      if (onProgress !== undefined) progress.add(onProgress)
      try {
        const answer = await fetchShared(signal, bundleId, ref)
        return { bytes: answer.bytes.slice().buffer, source: answer.source }
      } finally {
        if (onProgress !== undefined) progress.delete(onProgress)
        if (progress.size === 0) progressOf.delete(ref.sha256)
      }
    },
    prefetch: async (signal, bundleId, ref) => (await fetchShared(signal, bundleId, ref)).source,
    async store(signal, bundleId, ref, bytes) {
      const keeping = await keepingOf(signal, bundleId, ref)
      await verifyBlob(bytes, ref)
      if (keeping !== 'not-kept') await cache.store(ref.sha256, bytes, keeping)
    },
    list,
    use: (_signal, sha256) => cache.use(sha256),
    pin: (_signal, sha256s) => cache.pin(sha256s),
    setBudget: (_signal, budget) => cache.setBudget(budget),
    remove: (_signal, sha256) => cache.remove(sha256),
    clear: () => cache.clear(),
    async forgetBundle(_signal, bundleId) {
      manifests.delete(bundleId)
      await cache.reconcile()
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
}

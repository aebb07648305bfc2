import { sha256Hex } from '../../../../core/bundle/hash.ts'
import type { BlobRef } from '../../../../core/bundle/blob-ref.ts'
import type { BlobOrigin } from '../../../../core/cache/blob-source.ts'
import type { CacheBudget } from '../../../../core/cache/lru.ts'
import { CacheNetError, type ErrorCode } from '../../../../core/wire/errors.ts'
import {
  connectCache,
  type CacheClient,
  type CacheClientEvent,
} from '../../../page/partitions/cache-client.ts'
import { createServiceWorkerCache } from '../../../page/partitions/service-worker-cache.ts'
import { registerServiceWorker } from '../../../page/platform/service-worker.ts'

// The smallest page that uses the partition cache: what a test does through the page's own client, in a real
// browser.

export interface Fetched {
  readonly source: BlobOrigin
  readonly bytes: number
  readonly progress: readonly number[]
}

const blobCacheName = 'cachenet-partitions-v1'
const never = new AbortController().signal
const events: CacheClientEvent[] = []
let client: CacheClient | undefined
let applyUpdate: (() => void) | undefined

const connected = (): CacheClient => {
  if (client === undefined) throw new Error('Connect first.')
  return client
}

async function attempt<Value>(run: () => Promise<Value>): Promise<Value | ErrorCode> {
  try {
    return await run()
  } catch (thrown) {
    return CacheNetError.from(thrown).code
  }
}

const harness = {
  /** Registers the service worker and connects; resolves to whether what is cached will outlive the page. */
  async connect(options: { firstWaitMs?: number; isRegistering?: boolean } = {}): Promise<boolean> {
    if (options.isRegistering !== false) {
      const registered = registerServiceWorker({
        onUpdateReady: ({ apply }) => (applyUpdate = apply),
        onTakeover: () => location.reload(),
      })
      // The app does not wait for it either: its script may take as long as it likes.
      if (options.firstWaitMs !== 0) await registered
    }
    client = await connectCache({ firstWaitMs: options.firstWaitMs ?? 20_000 })
    client.onEvent((event) => void events.push(event))
    return client.isPersistent
  },
  events: (): readonly CacheClientEvent[] => events,
  isPersistent: (): boolean => connected().isPersistent,
  isUpdateReady: (): boolean => applyUpdate !== undefined,
  applyUpdate: (): void => applyUpdate?.(),
  /** What came, or the code of the error. */
  fetchBlob: (bundleId: string, ref: BlobRef): Promise<Fetched | ErrorCode> =>
    attempt(async () => {
      const progress: number[] = []
      const { source, bytes } = await connected().fetchBlob(
        never,
        bundleId,
        ref,
        (received) => void progress.push(received),
      )
      return { source, bytes: bytes.byteLength, progress }
    }),
  /** Hash of what came, and where from; or the code of the error. */
  fetchHash: (
    bundleId: string,
    ref: BlobRef,
  ): Promise<{ readonly source: BlobOrigin; readonly sha256: string } | ErrorCode> =>
    attempt(async () => {
      const { source, bytes } = await connected().fetchBlob(never, bundleId, ref)
      return { source, sha256: await sha256Hex(new Uint8Array(bytes)) }
    }),
  fetchMany: async (bundleId: string, ref: BlobRef, count: number): Promise<(Fetched | ErrorCode)[]> =>
    Promise.all(Array.from({ length: count }, () => harness.fetchBlob(bundleId, ref))),
  /** Calls the download off after so long. */
  fetchAborted: (bundleId: string, ref: BlobRef, afterMs: number): Promise<unknown> =>
    attempt(() => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), afterMs)
      return connected()
        .fetchBlob(controller.signal, bundleId, ref)
        .then(({ source }) => source)
    }),
  list: () => connected().list(never),
  reportUse: (sha256: string): void => connected().reportUse(sha256),
  /** A use that is passed on whenever it is said, unlike those that the page reports. */
  use: async (sha256: string): Promise<void> => {
    const direct = createServiceWorkerCache(navigator.serviceWorker)
    await direct.use(never, sha256)
    direct.close()
  },
  pin: (sha256s: string[]) => connected().pin(never, sha256s),
  setBudget: (budget: CacheBudget) => connected().setBudget(never, budget),
  remove: (sha256: string) => connected().remove(never, sha256),
  clear: () => connected().clear(never),
  forgetBundle: (bundleId: string) => connected().forgetBundle(never, bundleId),
  /** What is really in Cache Storage, past all bookkeeping. */
  async storedBlobs(): Promise<string[]> {
    const cache = await caches.open(blobCacheName)
    return (await cache.keys()).map(({ url }) => url.split('/').at(-1) ?? '').sort()
  },
  /** What is stored under each hash, by its own. */
  async storedHashes(): Promise<(readonly [name: string, sha256: string])[]> {
    const cache = await caches.open(blobCacheName)
    return Promise.all(
      (await cache.keys()).map(async (key) => {
        const bytes = new Uint8Array((await (await cache.match(key))?.arrayBuffer()) ?? new ArrayBuffer(0))
        return [key.url.split('/').at(-1) ?? '', await sha256Hex(bytes)] as const
      }),
    )
  },
  /** Puts something else in the place of a stored blob, as a failing disk would. */
  async corrupt(sha256: string, how: 'altered' | 'short'): Promise<boolean> {
    const cache = await caches.open(blobCacheName)
    const key = (await cache.keys()).find(({ url }) => url.endsWith(sha256))
    const stored = key === undefined ? undefined : await cache.match(key)
    if (key === undefined || stored === undefined) return false
    const bytes = new Uint8Array(await stored.arrayBuffer())
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4
    await cache.put(key, new Response(how === 'short' ? bytes.subarray(1) : bytes))
    return true
  },
  deleteBlobs: () => caches.delete(blobCacheName),
  deleteIndex: (): Promise<void> =>
    new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase('cachenet-partition-cache')
      deleting.onsuccess = () => resolve()
      deleting.onerror = () => reject(new Error('The index cannot be deleted.'))
    }),
  async fetchText(path: string): Promise<{ status: number; source: string | null; text: string }> {
    const response = await fetch(path)
    return {
      status: response.status,
      source: response.headers.get('X-CacheNet-Source'),
      text: await response.text(),
    }
  },
}
export type Harness = typeof harness

declare global {
  interface Window {
    harness: Harness
  }
}
window.harness = harness

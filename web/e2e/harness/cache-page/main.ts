import type { BlobRef } from '../../../../core/bundle/manifest.ts'
import type { BlobOrigin } from '../../../../core/cache/blob-source.ts'
import type { CacheBudget } from '../../../../core/cache/lru.ts'
import { CacheNetError, type ErrorCode } from '../../../../core/wire/errors.ts'
import { connectCache, type CacheClient, type CacheClientEvent } from '../../../page/cache-client.ts'
import { registerServiceWorker } from '../../../page/workers/service-worker.ts'

// The smallest page that uses the partition cache: what a test does through the page's own client, in a real browser.

export interface Fetched {
  readonly source: BlobOrigin
  readonly bytes: number
  readonly progress: readonly number[]
}

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
      await registerServiceWorker({ onUpdateReady: ({ apply }) => (applyUpdate = apply), onTakeover: () => location.reload() })
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
      const { source, bytes } = await connected().fetchBlob(never, bundleId, ref, (received) => void progress.push(received))
      return { source, bytes: bytes.byteLength, progress }
    }),
  fetchMany: async (bundleId: string, ref: BlobRef, count: number): Promise<(Fetched | ErrorCode)[]> =>
    Promise.all(Array.from({ length: count }, () => harness.fetchBlob(bundleId, ref))),
  /** Calls the download off after so long. */
  fetchAborted: (bundleId: string, ref: BlobRef, afterMs: number): Promise<unknown> =>
    attempt(() => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), afterMs)
      return connected().fetchBlob(controller.signal, bundleId, ref).then(({ source }) => source)
    }),
  list: () => connected().list(never),
  reportUse: (sha256: string): void => connected().reportUse(sha256),
  pin: (sha256s: string[]) => connected().pin(never, sha256s),
  setBudget: (budget: CacheBudget) => connected().setBudget(never, budget),
  remove: (sha256: string) => connected().remove(never, sha256),
  clear: () => connected().clear(never),
  forgetBundle: (bundleId: string) => connected().forgetBundle(never, bundleId),
  /** What is really in Cache Storage, past all bookkeeping. */
  async storedBlobs(): Promise<string[]> {
    const cache = await caches.open('cachenet-partitions-v1')
    return (await cache.keys()).map(({ url }) => url.split('/').at(-1) ?? '').sort()
  },
  async fetchText(path: string): Promise<{ status: number; source: string | null; text: string }> {
    const response = await fetch(path)
    return { status: response.status, source: response.headers.get('X-CacheNet-Source'), text: await response.text() }
  },
}
export type Harness = typeof harness

declare global {
  interface Window {
    harness: Harness
  }
}
window.harness = harness

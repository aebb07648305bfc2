import { verifyBlob } from '../../../core/bundle/hash.ts'
import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { BlobOrigin } from '../../../core/cache/blob-source.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
import { cacheProtocol, readSource } from '../../messages/cache.ts'
import { createRpcClient } from '../../messages/rpc-client.ts'
import type { RpcPort } from '../../messages/rpc.ts'
import type { CacheBackend, FetchedBlob } from './cache-backend.ts'

/**
 * Longer than the service worker itself waits for a silent edge, twice: this only ends what nobody works on
 * any more.
 */
const silenceLimitMs = 45_000
const prefetchLimitMs = 300_000

/** To the service worker that controls this page; each message wakes it should it sleep. */
function portToController(container: ServiceWorkerContainer): RpcPort {
  return {
    postMessage(message, transfer) {
      if (container.controller === null)
        throw new CacheNetError('worker-crashed', 'The cache has gone. Reload the page.')
      container.controller.postMessage(message, transfer)
    },
    addEventListener: (type, listener) => container.addEventListener(type, listener),
    removeEventListener: (type, listener) => container.removeEventListener(type, listener),
    start: () => container.startMessages(),
  }
}

async function readBlob(response: Response, ref: BlobRef): Promise<FetchedBlob> {
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => undefined)
    throw CacheNetError.fromBody(body, 'edge-answer-invalid')
  }
  const source: BlobOrigin | undefined = readSource(response.headers)
  const bytes = await response.arrayBuffer()
  // The service worker has checked what it answers; where it was passed by, nobody has yet.
  if (source === undefined) await verifyBlob(new Uint8Array(bytes), ref)
  return { bytes, source: source ?? 'network' }
}

/** The partition cache in the service worker. Asks for blobs by their URL, and for all else by message. */
export function createServiceWorkerCache(container: ServiceWorkerContainer): CacheBackend {
  const rpc = createRpcClient(portToController(container), cacheProtocol)

  return {
    isPersistent: true,
    async fetchBlob(signal, bundleId, ref, onProgress) {
      const controller = new AbortController()
      const onAbort = (): void => controller.abort()
      let timer: ReturnType<typeof setTimeout> | undefined
      const watch = (): void => {
        clearTimeout(timer)
        timer = setTimeout(onAbort, silenceLimitMs)
      }
      const stopListening = rpc.onEvent((event) => {
        if (event.kind !== 'progress' || event.sha256 !== ref.sha256) return
        watch()
        onProgress?.(event.receivedBytes, event.totalBytes)
      })
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        if (signal.aborted) controller.abort()
        watch()
        return await readBlob(
          await fetch(apiPaths.blob(bundleId, ref.sha256), { signal: controller.signal }),
          ref,
        )
      } catch (thrown) {
        if (thrown instanceof CacheNetError) throw thrown
        if (signal.aborted)
          throw new CacheNetError('aborted', 'The download was called off.', { sha256: ref.sha256 })
        const code = controller.signal.aborted ? 'worker-timeout' : 'edge-unreachable'
        throw new CacheNetError(
          code,
          'The weights could not be fetched; what is cached still works.',
          { sha256: ref.sha256 },
          { cause: thrown },
        )
      } finally {
        clearTimeout(timer)
        stopListening()
        signal.removeEventListener('abort', onAbort)
      }
    },
    prefetch: (signal, bundleId, { sha256 }) =>
      rpc.call(signal, { kind: 'prefetch', bundleId, sha256 }, { timeLimitMs: prefetchLimitMs }),
    async store(signal, bundleId, { sha256 }, bytes) {
      await rpc.call(signal, { kind: 'store', bundleId, sha256, bytes })
    },
    list: (signal) => rpc.call(signal, { kind: 'list' }),
    async use(signal, sha256) {
      await rpc.call(signal, { kind: 'use', sha256 })
    },
    async pin(signal, sha256s) {
      await rpc.call(signal, { kind: 'pin', sha256s: [...sha256s] })
    },
    async setBudget(signal, budget) {
      await rpc.call(signal, { kind: 'set-budget', budget: { ...budget } })
    },
    async remove(signal, sha256) {
      await rpc.call(signal, { kind: 'remove', sha256 })
    },
    async clear(signal) {
      await rpc.call(signal, { kind: 'clear' })
    },
    async forgetBundle(signal, bundleId) {
      await rpc.call(signal, { kind: 'forget-bundle', bundleId })
    },
    onEvent: (listener) => rpc.onEvent(listener),
    close: () => rpc.close(),
  }
}

/**
 * Asks the active service worker to take this page under its control, which a forced reload keeps it from.
 */
export async function claimPage(signal: AbortSignal, container: ServiceWorkerContainer): Promise<void> {
  const registration = await container.getRegistration()
  const active = registration?.active
  if (active === null || active === undefined || container.controller !== null) return
  const port: RpcPort = {
    ...portToController(container),
    postMessage: (message, transfer) => active.postMessage(message, transfer),
  }
  const rpc = createRpcClient(port, cacheProtocol)
  try {
    await rpc.call(signal, { kind: 'claim' })
  } finally {
    rpc.close()
  }
}

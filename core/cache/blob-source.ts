import { downloadBlob, type DownloadOptions } from '../bundle/download-blob.ts'
import { verifyBlob } from '../bundle/hash.ts'
import type { BlobRef } from '../bundle/blob-ref.ts'
import type { PartitionCache } from './partition-cache.ts'
import type { Keeping } from './reconcile.ts'
import { SingleFlight } from './single-flight.ts'

/**
 * Where a blob came from. `memory`: from the network too, but it could not be stored and is gone with whoever
 * holds it.
 */
export const blobOrigins = ['cache', 'network', 'memory'] as const
export type BlobOrigin = (typeof blobOrigins)[number]

export interface BlobRequest {
  readonly url: string
  readonly ref: BlobRef
  readonly keeping: Keeping
}

export interface BlobAnswer {
  /** Shared by all who asked at the same time: to be copied before it is changed or transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly source: BlobOrigin
}

export interface BlobSource {
  /**
   * Rejects with the codes of `downloadBlob`, and with `worker-overloaded` when too much is asked at once.
   */
  fetchBlob(signal: AbortSignal, request: BlobRequest): Promise<BlobAnswer>
}

export interface BlobSourceOptions extends Pick<DownloadOptions, 'fetch' | 'idleLimitMs'> {
  readonly cache: PartitionCache
  readonly onProgress?: (sha256: string, receivedBytes: number, totalBytes: number) => void
}

/**
 * Blobs from the cache, or else from the edge: one download for all who ask at the same time, checked before
 * it is stored, and checked again before it is used.
 */
export function createBlobSource({ cache, onProgress, ...downloading }: BlobSourceOptions): BlobSource {
  const flights = new SingleFlight<BlobAnswer>()

  async function fromCache(ref: BlobRef): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await cache.get(ref.sha256)
    if (bytes === undefined) return undefined
    try {
      await verifyBlob(bytes, ref)
      return bytes
    } catch {
      // Should this fail, the next put under the same name overwrites it.
      await cache.remove(ref.sha256).catch(() => undefined)
      return undefined
    }
  }

  async function fromEdge(signal: AbortSignal, { url, ref, keeping }: BlobRequest): Promise<BlobAnswer> {
    const bytes = await downloadBlob(signal, {
      ...downloading,
      url,
      ref,
      onProgress: (receivedBytes, totalBytes) => onProgress?.(ref.sha256, receivedBytes, totalBytes),
    })
    if (keeping === 'not-kept') return { bytes, source: 'network' }
    const isStored = await cache.store(ref.sha256, bytes, keeping)
    return { bytes, source: isStored ? 'network' : 'memory' }
  }

  return {
    fetchBlob: (signal, request) =>
      flights.join(signal, request.ref.sha256, async (flightSignal) => {
        const cached = await fromCache(request.ref)
        return cached === undefined
          ? await fromEdge(flightSignal, request)
          : { bytes: cached, source: 'cache' }
      }),
  }
}

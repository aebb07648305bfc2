import type { BlobAnswer } from '../../core/cache/blob-source.ts'
import type { BundleCache } from '../../core/cache/bundle-cache.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { Answering } from './manifest-route.ts'
import type { ManifestStore } from './manifest-store.ts'
import { blobResponse, errorResponse } from './responses.ts'

export interface BlobRouteOptions {
  readonly cache: Pick<BundleCache, 'fetchBlob'>
  readonly manifests: Pick<ManifestStore, 'generalistStored'>
  /** A manifest that waited for its generalist is in force now: blobs may have lost their name. */
  readonly onReplaced: () => Promise<void>
}

export interface BlobPath {
  readonly bundleId: string
  readonly sha256: string
}

/** Blobs: from the cache, or else downloaded, verified and stored. */
export function createBlobRoute({ cache, manifests, onReplaced }: BlobRouteOptions) {
  /** Rejects with the codes of `downloadBlob`, and `blob-unknown` where no manifest names it. */
  async function fetchBlob(
    signal: AbortSignal,
    { bundleId, sha256 }: BlobPath,
  ): Promise<BlobAnswer & { readonly settled: Promise<unknown> }> {
    const { keeping, ...answer } = await cache.fetchBlob(signal, bundleId, sha256)
    const isArrival = keeping === 'resident' && answer.source !== 'memory'
    return { ...answer, settled: isArrival ? putInForce(sha256) : Promise.resolve() }
  }

  async function putInForce(sha256: string): Promise<void> {
    try {
      if (await manifests.generalistStored(sha256)) await onReplaced()
    } catch {
      // Storage that is full or broken: the older manifest stays in force, and the next fetch of the
      // generalist tries again.
    }
  }

  return {
    fetchBlob,
    answer(request: Request, path: BlobPath): Answering {
      const fetched = fetchBlob(request.signal, path)
      return {
        response: fetched
          .then(({ bytes, source: origin }) => blobResponse(bytes, origin))
          .catch((thrown: unknown) => errorResponse(CacheNetError.from(thrown))),
        settled: fetched.then(({ settled }) => settled).catch(() => undefined),
      }
    },
  }
}
export type BlobRoute = ReturnType<typeof createBlobRoute>

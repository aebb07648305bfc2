import type { NamedBlob } from '../../core/cache/blob-names.ts'
import type { BlobAnswer, BlobSource } from '../../core/cache/blob-source.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import type { Answering } from './manifest-route.ts'
import type { ManifestStore } from './manifest-store.ts'
import { blobResponse, errorResponse } from './responses.ts'

export interface BlobRouteOptions {
  readonly source: BlobSource
  readonly manifests: ManifestStore
  readonly refreshManifest: (bundleId: string) => Promise<void>
  /** A manifest that waited for its generalist is in force now: blobs may have lost their name. */
  readonly onReplaced: () => Promise<void>
}

export interface BlobPath {
  readonly bundleId: string
  readonly sha256: string
}

/**
 * Blobs: from the cache, or else downloaded, verified and stored. What a blob is (a partition, the
 * generalist, nothing that a device runs) is what the stored manifests say of its hash.
 */
export function createBlobRoute({ source, manifests, refreshManifest, onReplaced }: BlobRouteOptions) {
  /** What the stored manifests call a blob; `blob-unknown` where none names it. */
  async function find({ bundleId, sha256 }: BlobPath): Promise<NamedBlob> {
    const known = (await manifests.names()).blobs.get(sha256)
    if (known !== undefined) return known
    await refreshManifest(bundleId)
    const named = (await manifests.names()).blobs.get(sha256)
    if (named === undefined) {
      throw new CacheNetError(
        'blob-unknown',
        'No bundle here has such weights. Reload the page to get the newest bundle.',
        { bundleId, sha256 },
      )
    }
    return named
  }

  /** Rejects with the codes of `downloadBlob`, and `blob-unknown` where no manifest names it. */
  async function fetchBlob(
    signal: AbortSignal,
    path: BlobPath,
  ): Promise<BlobAnswer & { readonly settled: Promise<unknown> }> {
    const { ref, keeping } = await find(path)
    const answer = await source.fetchBlob(signal, {
      url: apiPaths.blob(path.bundleId, path.sha256),
      ref,
      keeping,
    })
    const isArrival = keeping === 'resident' && answer.source !== 'memory'
    return { ...answer, settled: isArrival ? putInForce(path.sha256) : Promise.resolve() }
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
    find,
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

import type { DownloadOptions } from '../bundle/download-blob.ts'
import { verifyBlob } from '../bundle/hash.ts'
import { CacheNetError } from '../wire/errors.ts'
import { apiPaths } from '../wire/frames.ts'
import type { NamedBlob, NamedBlobs } from './blob-names.ts'
import { createBlobSource, type BlobAnswer } from './blob-source.ts'
import { PartitionCache, type PartitionCacheOptions } from './partition-cache.ts'
import type { Keeping } from './reconcile.ts'

/** The manifests that say what a blob is, wherever they are kept. */
export interface KeptManifests {
  names(): Promise<NamedBlobs>
  /** Gets a bundle's manifest anew. Rejects where it cannot be had. */
  refresh(signal: AbortSignal, bundleId: string): Promise<void>
  forget(bundleId: string): Promise<void>
}

export interface BundleCacheOptions
  extends Omit<PartitionCacheOptions, 'names'>, Pick<DownloadOptions, 'fetch' | 'idleLimitMs'> {
  readonly manifests: KeptManifests
  readonly onProgress?: (sha256: string, receivedBytes: number, totalBytes: number) => void
}

export interface KeptAnswer extends BlobAnswer {
  readonly keeping: Keeping
}

/** What bundles are made of, by hash. */
export interface BundleCache {
  /** The blobs that are stored, and their budget. */
  readonly partitions: PartitionCache
  /** Rejects with `blob-unknown` where no manifest names the blob, or as its download does. */
  fetchBlob(signal: AbortSignal, bundleId: string, sha256: string): Promise<KeptAnswer>
  /**
   * Stores a blob that came another way. Rejects with `blob-unknown`, and with `blob-altered` or
   * `blob-truncated` where it is not what its name says.
   */
  store(signal: AbortSignal, bundleId: string, sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** What no other manifest names goes with it. */
  forgetBundle(bundleId: string): Promise<void>
}

/**
 * The cache of page and service worker: the same policy and the same checks over whatever storage there is.
 * What a blob is (a partition, the generalist, nothing that a device runs) is what the manifests say of its
 * hash.
 */
export function createBundleCache({
  manifests,
  onProgress,
  fetch,
  idleLimitMs,
  ...storage
}: BundleCacheOptions): BundleCache {
  const partitions = new PartitionCache({ ...storage, names: () => manifests.names() })
  const source = createBlobSource({
    cache: partitions,
    ...(fetch === undefined ? {} : { fetch }),
    ...(idleLimitMs === undefined ? {} : { idleLimitMs }),
    ...(onProgress === undefined ? {} : { onProgress }),
  })

  async function find(signal: AbortSignal, bundleId: string, sha256: string): Promise<NamedBlob> {
    const known = (await manifests.names()).blobs.get(sha256)
    if (known !== undefined) return known
    await manifests.refresh(signal, bundleId)
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

  return {
    partitions,
    async fetchBlob(signal, bundleId, sha256) {
      const { ref, keeping } = await find(signal, bundleId, sha256)
      const url = apiPaths.blob(bundleId, sha256)
      return { ...(await source.fetchBlob(signal, { url, ref, keeping })), keeping }
    },
    async store(signal, bundleId, sha256, bytes) {
      const { ref, keeping } = await find(signal, bundleId, sha256)
      await verifyBlob(bytes, ref)
      if (keeping !== 'not-kept') await partitions.store(sha256, bytes, keeping)
    },
    async forgetBundle(bundleId) {
      await manifests.forget(bundleId)
      await partitions.reconcile()
    },
  }
}

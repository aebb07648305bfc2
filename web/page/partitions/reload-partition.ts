import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { ReloadPartition } from '../engine/fill-engine.ts'
import type { CacheClient } from './cache-client.ts'
import { findPartition } from './find-partition.ts'

/**
 * Gets the weights that a new engine needs out of the cache, or over the network. Rejects with
 * `blob-missing`, or as the cache does.
 */
export const createReload =
  (
    openManifest: () => Pick<Manifest, 'id' | 'partitions'> | undefined,
    connecting: Promise<Pick<CacheClient, 'fetchBlob'>>,
  ): ReloadPartition =>
  async (signal, id, form) => {
    const { bundleId, partition } = findPartition(openManifest(), id)
    const cache = await connecting
    // A delta that this version of the bundle no longer has is made up for by the whole.
    const { bytes } = await cache.fetchBlob(signal, bundleId, partition[form] ?? partition.whole)
    return new Uint8Array(bytes)
  }

import { verifyBlob } from '../../../core/bundle/hash.ts'
import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { base64Bytes } from '../edge/base64.ts'
import type { CacheClient } from './cache-client.ts'

/** A delta as the edge's answer brings it. */
export interface InlineDelta {
  readonly id: string
  readonly sha256: string
  /** Base64. */
  readonly bytes: string
}

export interface FetchedWeights {
  readonly weights: Uint8Array<ArrayBuffer>
  /** Bytes that crossed the network for them. */
  readonly downloadedBytes: number
}

/** Where the weights of a bundle's partitions come from. */
export interface WeightsSource {
  /** Out of the cache, or over the network. */
  fetch(signal: AbortSignal, ref: BlobRef): Promise<FetchedWeights>
  /**
   * The delta of a partition, out of the answer or the cache; undefined where there is none that is what it
   * should be. Rejects with `aborted`.
   */
  deltaOf(
    signal: AbortSignal,
    id: string,
    inline: InlineDelta | undefined,
  ): Promise<FetchedWeights | undefined>
  /** Nothing that was kept of it here may stand in for what is stored no longer. */
  forget(id: string): void
}

/**
 * Keeps the deltas that were checked before: a few kilobytes each, and a scene that comes back costs no hash
 * and no storage.
 */
export function createWeightsSource(
  { id: bundleId, partitions }: Pick<Manifest, 'id' | 'partitions'>,
  cache: Pick<CacheClient, 'fetchBlob' | 'store'>,
): WeightsSource {
  const refs = new Map(partitions.map(({ id, delta }) => [id, delta]))
  const checked = new Map<string, Uint8Array<ArrayBuffer>>()

  async function fetch(signal: AbortSignal, ref: BlobRef): Promise<FetchedWeights> {
    const { bytes, source } = await cache.fetchBlob(signal, bundleId, ref)
    return { weights: new Uint8Array(bytes), downloadedBytes: source === 'cache' ? 0 : ref.bytes }
  }

  return {
    fetch,
    forget: (id) => void checked.delete(id),
    async deltaOf(signal, id, inline) {
      const ref = refs.get(id)
      if (ref === undefined) return undefined
      const known = checked.get(id)
      if (known !== undefined) return { weights: known, downloadedBytes: 0 }
      try {
        if (inline?.id === id && inline.sha256 === ref.sha256) {
          const weights = base64Bytes(inline.bytes)
          await verifyBlob(weights, ref)
          // Not waited for: it is in use before it is stored.
          void cache.store(signal, bundleId, ref, weights.slice()).catch(() => undefined)
          checked.set(id, weights)
          return { weights, downloadedBytes: 0 }
        }
        const fetched = await fetch(signal, ref)
        checked.set(id, fetched.weights)
        return fetched
      } catch (thrown) {
        if (CacheNetError.from(thrown).code === 'aborted') throw thrown
        // The whole partition does without it.
        return undefined
      }
    },
  }
}

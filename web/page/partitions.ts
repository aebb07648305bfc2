import type { BlobRef, Manifest } from '../../core/bundle/manifest.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { CacheClient } from './cache-client.ts'
import type { InferenceHost } from './workers/inference-host.ts'

export interface PartitionsOptions {
  readonly manifest: Manifest
  readonly cache: Pick<CacheClient, 'fetchBlob' | 'list' | 'pin' | 'reportUse'>
  readonly host: Pick<InferenceHost, 'load' | 'use' | 'residents'>
  readonly onFailure: (error: CacheNetError) => void
}

/** Sees to it that the partition a scene needs is in memory, and tells the cache which one that is. */
export interface Partitions {
  /** Loads what is cached already, most recent first in the end. Resolves with how many that were; never rejects. */
  restore(signal: AbortSignal, most: number): Promise<number>
  /**
   * Makes a partition resident and the most recent. Resolves with the bytes that crossed the network for it; never rejects, since
   * nothing waits for it: a download that fails is told, and tried again with the next miss that names it.
   */
  want(signal: AbortSignal, partition: { readonly id: string; readonly whole: BlobRef }): Promise<number>
  /** A network answered a frame. */
  used(id: string): void
}

export function createPartitions({ manifest, cache, host, onFailure }: PartitionsOptions): Partitions {
  const refs = new Map(manifest.partitions.map(({ id, whole }) => [id, whole]))
  /** The partition named last: one that arrives late must not push it from its place. */
  let wanted: string | undefined
  let pinned: string | undefined
  const arriving = new Map<string, Promise<number>>()

  function used(id: string): void {
    const ref = refs.get(id)
    if (id === generalistId || ref === undefined) return
    cache.reportUse(ref.sha256)
    if (pinned === id) return
    pinned = id
    // A lost pin costs at worst a download.
    void cache.pin(new AbortController().signal, [ref.sha256]).catch(() => undefined)
  }

  async function makeResident(signal: AbortSignal, id: string, ref: BlobRef): Promise<number> {
    if (host.residents.value.includes(id)) {
      await host.use(signal, id)
      used(id)
      return 0
    }
    const { bytes, source } = await cache.fetchBlob(signal, manifest.id, ref)
    const downloadedBytes = source === 'cache' ? 0 : ref.bytes
    // Meanwhile another scene may have begun; then this one stays in storage, for when it comes back.
    if (wanted !== id) return downloadedBytes
    await host.load(signal, id, new Uint8Array(bytes))
    used(id)
    return downloadedBytes
  }

  return {
    used,
    async want(signal, { id, whole }) {
      wanted = id
      const earlier = arriving.get(id)
      // Its bytes are counted for the frame that asked first.
      if (earlier !== undefined) return earlier.then(() => 0)
      const arrival = makeResident(signal, id, refs.get(id) ?? whole).catch((thrown: unknown) => {
        const error = CacheNetError.from(thrown)
        if (error.code !== 'aborted') onFailure(error)
        return 0
      })
      arriving.set(id, arrival)
      try {
        return await arrival
      } finally {
        arriving.delete(id)
      }
    },
    async restore(signal, most) {
      let loaded = 0
      try {
        const { entries } = await cache.list(signal)
        const idBySha = new Map(manifest.partitions.map(({ id, whole }) => [whole.sha256, id]))
        const recent = entries.filter(({ sha256 }) => idBySha.has(sha256)).slice(0, most)
        for (const { sha256 } of recent.reverse()) {
          const id = idBySha.get(sha256)
          const ref = id === undefined ? undefined : refs.get(id)
          if (id === undefined || ref === undefined) continue
          const { bytes } = await cache.fetchBlob(signal, manifest.id, ref)
          await host.load(signal, id, new Uint8Array(bytes))
          loaded++
        }
      } catch (thrown) {
        const error = CacheNetError.from(thrown)
        if (error.code !== 'aborted') onFailure(error)
      }
      return loaded
    },
  }
}

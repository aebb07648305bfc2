import { verifyBlob } from '../../core/bundle/hash.ts'
import type { BlobRef, Manifest } from '../../core/bundle/manifest.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { HeldPartition } from '../../core/wire/frames.ts'
import { base64Bytes } from './base64.ts'
import type { CacheClient } from './cache-client.ts'
import type { InferenceHost } from './workers/inference-host.ts'

export interface PartitionsOptions {
  readonly manifest: Manifest
  readonly cache: Pick<CacheClient, 'fetchBlob' | 'list' | 'pin' | 'prefetch' | 'reportUse' | 'store'>
  readonly host: Pick<InferenceHost, 'load' | 'refine' | 'use' | 'residents' | 'held'>
  readonly onFailure: (error: CacheNetError) => void
  /** Resolves when there is nothing more urgent to do. Rejects with `aborted`. */
  readonly whenIdle: (signal: AbortSignal) => Promise<void>
  /** Whether the person saves data: then a delta is good enough. */
  readonly isFrugal?: () => boolean
}

export interface WantedPartition {
  readonly id: string
  readonly whole: BlobRef
}

/** A delta as the edge's answer brings it. */
export interface InlineDelta {
  readonly id: string
  readonly sha256: string
  /** Base64. */
  readonly bytes: string
}

export interface WantOptions {
  /** It came with the answer that names the partition. */
  readonly inlineDelta?: InlineDelta | undefined
  /** Resolve only when the whole partition is in use: for streams that must be repeatable. */
  readonly isWholeAwaited?: boolean
}

/** Sees to it that the partition a scene needs is in memory, and tells the cache which one that is. */
export interface Partitions {
  /**
   * Loads what is cached already, most recent first in the end: read at once, put into memory when `ready` resolves. Resolves with how many
   * that were; never rejects.
   */
  restore(signal: AbortSignal, most: number, ready?: Promise<unknown>): Promise<number>
  /**
   * Makes a partition resident and the most recent: by its delta at once where there is one, and by its whole weights when there is
   * time. Resolves with the bytes that crossed the network for it, beyond the answer's own; never rejects, since nothing waits for
   * it: a download that fails is told, and tried again with the next miss that names it.
   */
  want(signal: AbortSignal, partition: WantedPartition, options?: WantOptions): Promise<number>
  /** Has a partition stored that may be needed soon. Resolves with the bytes that crossed the network; never rejects. */
  prefetch(signal: AbortSignal, id: string): Promise<number>
  /** A network answered a frame. */
  used(id: string): void
}

export function createPartitions({ manifest, cache, host, onFailure, whenIdle, isFrugal = () => false }: PartitionsOptions): Partitions {
  const byId = new Map(manifest.partitions.map((partition) => [partition.id, partition]))
  /** The partition named last: one that arrives late must not push it from its place. */
  let wanted: string | undefined
  let pinned: string | undefined
  const arriving = new Map<string, Promise<number>>()
  const refining = new Map<string, Promise<number>>()
  const formOf = (id: string): HeldPartition['form'] | undefined => host.held.find((held) => held.id === id)?.form

  function used(id: string): void {
    const sha256 = byId.get(id)?.whole.sha256
    if (id === generalistId || sha256 === undefined) return
    cache.reportUse(sha256)
    if (pinned === id) return
    pinned = id
    // A lost pin costs at worst a download.
    void cache.pin(new AbortController().signal, [sha256]).catch(() => undefined)
  }

  async function fetchWhole(signal: AbortSignal, ref: BlobRef): Promise<{ weights: Uint8Array<ArrayBuffer>; downloadedBytes: number }> {
    const { bytes, source } = await cache.fetchBlob(signal, manifest.id, ref)
    return { weights: new Uint8Array(bytes), downloadedBytes: source === 'cache' ? 0 : ref.bytes }
  }

  /** The delta, out of the answer or the cache; undefined where there is none, or none that is what it should be. */
  async function deltaOf(signal: AbortSignal, id: string, inline: InlineDelta | undefined): Promise<{ delta: Uint8Array<ArrayBuffer>; downloadedBytes: number } | undefined> {
    const ref = byId.get(id)?.delta
    if (ref === undefined) return undefined
    try {
      if (inline?.id === id && inline.sha256 === ref.sha256) {
        const delta = base64Bytes(inline.bytes)
        await verifyBlob(delta, ref)
        // Not waited for: it is in use before it is stored.
        void cache.store(signal, manifest.id, ref, delta.slice()).catch(() => undefined)
        return { delta, downloadedBytes: 0 }
      }
      const { weights, downloadedBytes } = await fetchWhole(signal, ref)
      return { delta: weights, downloadedBytes }
    } catch (thrown) {
      if (CacheNetError.from(thrown).code === 'aborted') throw thrown
      // The whole partition does without it.
      return undefined
    }
  }

  /** Fetches the whole weights of a partition that answers with its delta, and puts them in its place. One at a time for each. */
  function refine(signal: AbortSignal, id: string, ref: BlobRef, isUrgent: boolean): Promise<number> {
    const earlier = refining.get(id)
    if (earlier !== undefined) return earlier.then(() => 0)
    const work = (async (): Promise<number> => {
      try {
        if (!isUrgent) await whenIdle(signal)
        const { weights, downloadedBytes } = await fetchWhole(signal, ref)
        if (formOf(id) === 'delta') await host.refine(signal, id, weights)
        return downloadedBytes
      } finally {
        refining.delete(id)
      }
    })()
    refining.set(id, work)
    return work
  }

  async function makeResident(signal: AbortSignal, id: string, ref: BlobRef, { inlineDelta, isWholeAwaited = false }: WantOptions): Promise<number> {
    let downloadedBytes = 0
    if (formOf(id) !== undefined) {
      await host.use(signal, id)
      used(id)
    } else {
      const small = await deltaOf(signal, id, inlineDelta)
      const fetched = small === undefined ? await fetchWhole(signal, ref) : { weights: small.delta, downloadedBytes: small.downloadedBytes }
      downloadedBytes += fetched.downloadedBytes
      // Meanwhile another scene may have begun; then this one stays in storage, for when it comes back.
      if (wanted !== id) return downloadedBytes
      await host.load(signal, id, fetched.weights, small === undefined ? 'whole' : 'delta')
      used(id)
    }
    if (formOf(id) !== 'delta') return downloadedBytes
    if (isWholeAwaited) return downloadedBytes + (await refine(signal, id, ref, true))
    if (!isFrugal()) return downloadedBytes + (await refine(signal, id, ref, false))
    return downloadedBytes
  }

  function tell(thrown: unknown): number {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'aborted') onFailure(error)
    return 0
  }

  return {
    used,
    async want(signal, { id, whole }, options = {}) {
      wanted = id
      const earlier = arriving.get(id)
      // Its bytes are counted for the frame that asked first.
      if (earlier !== undefined && formOf(id) !== 'delta') return earlier.then(() => 0)
      const arrival = makeResident(signal, id, byId.get(id)?.whole ?? whole, options).catch(tell)
      arriving.set(id, arrival)
      try {
        return await arrival
      } finally {
        if (arriving.get(id) === arrival) arriving.delete(id)
      }
    },
    async prefetch(signal, id) {
      const ref = byId.get(id)?.whole
      if (ref === undefined || formOf(id) === 'whole') return 0
      try {
        await whenIdle(signal)
        return (await cache.prefetch(signal, manifest.id, ref)) === 'cache' ? 0 : ref.bytes
      } catch {
        // Nobody asked for it; a miss will.
        return 0
      }
    },
    async restore(signal, most, ready = Promise.resolve()) {
      try {
        const { entries } = await cache.list(signal)
        const idBySha = new Map(manifest.partitions.map(({ id, whole }) => [whole.sha256, id]))
        const recent = entries.flatMap(({ sha256 }) => idBySha.get(sha256) ?? []).slice(0, most)
        // Read at the same time, put into memory in order: the worker takes one message after the other.
        const blobs = recent.reverse().flatMap((id) => {
          const ref = byId.get(id)?.whole
          return ref === undefined ? [] : [{ id, fetched: fetchWhole(signal, ref) }]
        })
        for (const { fetched } of blobs) fetched.catch(() => undefined)
        const isReady = await ready.then(() => true, () => false)
        // What went wrong there is told to whoever opens the bundle.
        if (!isReady) return 0
        const loading: Promise<void>[] = []
        for (const { id, fetched } of blobs) {
          const { weights } = await fetched
          loading.push(host.load(signal, id, weights))
        }
        const loaded = await Promise.allSettled(loading)
        for (const outcome of loaded) if (outcome.status === 'rejected') tell(outcome.reason)
        return loaded.filter(({ status }) => status === 'fulfilled').length
      } catch (thrown) {
        return tell(thrown)
      }
    },
  }
}

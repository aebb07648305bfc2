import { verifyBlob } from '../../../core/bundle/hash.ts'
import type { BlobRef, Manifest } from '../../../core/bundle/manifest.ts'
import { generalistId } from '../../../core/gate/gate.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { HeldPartition } from '../../../core/wire/frames.ts'
import { base64Bytes } from '../edge/base64.ts'
import type { CacheClient } from './cache-client.ts'
import type { InferenceHost } from '../engine/inference-host.ts'

/**
 * Frames that a partition answers by its delta before its whole weights are fetched. A scene that is over
 * before gains nothing from them, and on a slow phone fetching, hashing and storing them takes its time from
 * the frames (docs/decisions/0014 has the numbers).
 */
export const framesBeforeWhole = 24

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
   * Loads what is cached already, most recent first in the end: read at once, put into memory when `ready`
   * resolves. Resolves with how many that were; never rejects.
   */
  restore(signal: AbortSignal, most: number, ready?: Promise<unknown>): Promise<number>
  /**
   * Makes a partition resident and the most recent: by its delta at once where there is one, and by its whole
   * weights when it has answered some frames and there is time. Resolves with the bytes that crossed the
   * network for it, beyond the answer's own; never rejects, since nothing waits for it: a download that fails
   * is told, and tried again with the next miss that names it.
   */
  want(signal: AbortSignal, partition: WantedPartition, options?: WantOptions): Promise<number>
  /**
   * Has a partition stored that may be needed soon. Resolves with the bytes that crossed the network; never
   * rejects.
   */
  prefetch(signal: AbortSignal, id: string): Promise<number>
  /** A network answered a frame. */
  used(id: string): void
  /**
   * A partition was deleted from the cache: nothing that was kept of it here may stand in for what is stored
   * no longer.
   */
  forget(id: string): void
}

export function createPartitions({
  manifest,
  cache,
  host,
  onFailure,
  whenIdle,
  isFrugal = () => false,
}: PartitionsOptions): Partitions {
  const byId = new Map(manifest.partitions.map((partition) => [partition.id, partition]))
  /** The partition named last: one that arrives late must not push it from its place. */
  let wanted: string | undefined
  let pinned: string | undefined
  const arriving = new Map<string, Promise<number>>()
  const refining = new Map<string, Promise<number>>()
  /**
   * Partitions that answer by their delta and have yet to prove their worth: how many frames they still have
   * to answer for it.
   */
  const settling = new Map<string, { framesLeft: number; settle: () => void }>()
  const prefetching = new Set<string>()
  /**
   * Deltas that were checked before, by partition: a few kilobytes each, and a scene that comes back costs no
   * hash and no storage.
   */
  const checkedDeltas = new Map<string, Uint8Array<ArrayBuffer>>()
  const formOf = (id: string): HeldPartition['form'] | undefined =>
    host.held.find((held) => held.id === id)?.form

  function noteUse(id: string): void {
    const sha256 = byId.get(id)?.whole.sha256
    if (id === generalistId || sha256 === undefined) return
    cache.reportUse(sha256)
    // Of one that answers by its delta there is nothing in the cache that could be evicted under it.
    if (pinned === id || formOf(id) === 'delta') return
    pinned = id
    // A lost pin costs at worst a download.
    void cache.pin(new AbortController().signal, [sha256]).catch(() => undefined)
  }

  async function fetchWeights(
    signal: AbortSignal,
    ref: BlobRef,
  ): Promise<{ weights: Uint8Array<ArrayBuffer>; downloadedBytes: number }> {
    const { bytes, source } = await cache.fetchBlob(signal, manifest.id, ref)
    return { weights: new Uint8Array(bytes), downloadedBytes: source === 'cache' ? 0 : ref.bytes }
  }

  /**
   * The delta, out of the answer or the cache; undefined where there is none, or none that is what it should
   * be.
   */
  async function deltaOf(
    signal: AbortSignal,
    id: string,
    inline: InlineDelta | undefined,
  ): Promise<{ delta: Uint8Array<ArrayBuffer>; downloadedBytes: number } | undefined> {
    const ref = byId.get(id)?.delta
    if (ref === undefined) return undefined
    const checked = checkedDeltas.get(id)
    if (checked !== undefined) return { delta: checked, downloadedBytes: 0 }
    try {
      if (inline?.id === id && inline.sha256 === ref.sha256) {
        const delta = base64Bytes(inline.bytes)
        await verifyBlob(delta, ref)
        // Not waited for: it is in use before it is stored.
        void cache.store(signal, manifest.id, ref, delta.slice()).catch(() => undefined)
        checkedDeltas.set(id, delta)
        return { delta, downloadedBytes: 0 }
      }
      const { weights, downloadedBytes } = await fetchWeights(signal, ref)
      checkedDeltas.set(id, weights)
      return { delta: weights, downloadedBytes }
    } catch (thrown) {
      if (CacheNetError.from(thrown).code === 'aborted') throw thrown
      // The whole partition does without it.
      return undefined
    }
  }

  /** Resolves when a partition has answered enough frames by its delta. Rejects with `aborted`. */
  function settled(signal: AbortSignal, id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = (): void => {
        settling.delete(id)
        reject(new CacheNetError('aborted', 'It was called off.'))
      }
      if (signal.aborted) {
        callOff()
        return
      }
      signal.addEventListener('abort', callOff, { once: true })
      const settle = (): void => {
        settling.delete(id)
        signal.removeEventListener('abort', callOff)
        resolve()
      }
      settling.set(id, { framesLeft: framesBeforeWhole, settle })
    })
  }

  function used(id: string): void {
    noteUse(id)
    const waiting = settling.get(id)
    if (waiting === undefined || formOf(id) !== 'delta') return
    waiting.framesLeft--
    if (waiting.framesLeft <= 0) waiting.settle()
  }

  /**
   * Fetches the whole weights of a partition that answers with its delta, and puts them in its place. One at
   * a time for each.
   */
  function refine(signal: AbortSignal, id: string, ref: BlobRef, isUrgent: boolean): Promise<number> {
    const earlier = refining.get(id)
    if (earlier !== undefined) {
      if (isUrgent) settling.get(id)?.settle()
      return isUrgent ? earlier.then(() => 0) : Promise.resolve(0)
    }
    const work = (async (): Promise<number> => {
      try {
        if (!isUrgent) {
          await settled(signal, id)
          await whenIdle(signal)
          // Another may have taken its place meanwhile.
          if (formOf(id) !== 'delta') return 0
        }
        const { weights, downloadedBytes } = await fetchWeights(signal, ref)
        if (formOf(id) === 'delta') await host.refine(signal, id, weights)
        return downloadedBytes
      } finally {
        refining.delete(id)
      }
    })()
    refining.set(id, work)
    return work
  }

  async function makeResident(
    signal: AbortSignal,
    id: string,
    ref: BlobRef,
    inlineDelta: InlineDelta | undefined,
  ): Promise<number> {
    if (formOf(id) !== undefined) {
      await host.use(signal, id)
      noteUse(id)
      return 0
    }
    const small = await deltaOf(signal, id, inlineDelta)
    const { weights, downloadedBytes } =
      small === undefined
        ? await fetchWeights(signal, ref)
        : { weights: small.delta, downloadedBytes: small.downloadedBytes }
    // Meanwhile another scene may have begun; then this one stays in storage, for when it comes back.
    if (wanted !== id) return downloadedBytes
    await host.load(signal, id, weights, small === undefined ? 'whole' : 'delta')
    const waiting = settling.get(id)
    // Back after it was evicted: it begins anew.
    if (waiting !== undefined) waiting.framesLeft = framesBeforeWhole
    noteUse(id)
    return downloadedBytes
  }

  function tell(thrown: unknown): number {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'aborted') onFailure(error)
    return 0
  }

  return {
    used,
    forget(id) {
      checkedDeltas.delete(id)
      if (pinned === id) pinned = undefined
    },
    async want(signal, { id, whole }, { inlineDelta, isWholeAwaited = false } = {}) {
      wanted = id
      const earlier = arriving.get(id)
      // Its bytes are counted for the frame that asked first.
      if (earlier !== undefined) return earlier.then(() => 0)
      const ref = byId.get(id)?.whole ?? whole
      const arrival = makeResident(signal, id, ref, inlineDelta).catch(tell)
      arriving.set(id, arrival)
      let downloadedBytes: number
      try {
        downloadedBytes = await arrival
      } finally {
        arriving.delete(id)
      }
      if (formOf(id) !== 'delta' || (isFrugal() && !isWholeAwaited)) return downloadedBytes
      return downloadedBytes + (await refine(signal, id, ref, isWholeAwaited).catch(tell))
    },
    async prefetch(signal, id) {
      const ref = byId.get(id)?.whole
      if (ref === undefined || formOf(id) === 'whole' || prefetching.has(id)) return 0
      prefetching.add(id)
      try {
        // What is needed now comes first, with all of its weights.
        const present = wanted ?? ''
        await arriving.get(present)
        await refining.get(present)
        await whenIdle(signal)
        return (await cache.prefetch(signal, manifest.id, ref)) === 'cache' ? 0 : ref.bytes
      } catch {
        // Nobody asked for it; a miss will.
        return 0
      } finally {
        prefetching.delete(id)
      }
    },
    async restore(signal, most, ready = Promise.resolve()) {
      try {
        const { entries } = await cache.list(signal)
        const idBySha = new Map(manifest.partitions.map(({ id, whole }) => [whole.sha256, id]))
        const recent = entries.flatMap(({ sha256 }) => idBySha.get(sha256) ?? []).slice(0, most)
        const stored = new Set(entries.map(({ sha256 }) => sha256))
        // Room that is left goes to those of which only the delta has come so far.
        const byDelta = manifest.partitions.flatMap(({ id, delta }) =>
          delta !== undefined && stored.has(delta.sha256) && !recent.includes(id) ? [id] : [],
        )
        const restored: { id: string; form: HeldPartition['form'] }[] = [
          ...byDelta.slice(0, most - recent.length).map((id) => ({ id, form: 'delta' as const })),
          ...recent.reverse().map((id) => ({ id, form: 'whole' as const })),
        ]
        // Read at the same time, put into memory in order: the worker takes one message after the other.
        const blobs = restored.flatMap(({ id, form }) => {
          const ref = byId.get(id)?.[form]
          return ref === undefined ? [] : [{ id, form, fetched: fetchWeights(signal, ref) }]
        })
        for (const { fetched } of blobs) fetched.catch(() => undefined)
        const isReady = await ready.then(
          () => true,
          () => false,
        )
        // What went wrong there is told to whoever opens the bundle.
        if (!isReady) return 0
        const loading: Promise<void>[] = []
        for (const { id, form, fetched } of blobs) {
          const { weights } = await fetched
          loading.push(host.load(signal, id, weights, form))
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

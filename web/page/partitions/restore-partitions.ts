import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { HeldPartition } from '../../../core/wire/frames.ts'
import type { InferenceHost } from '../engine/inference-host.ts'
import type { CacheClient } from './cache-client.ts'
import type { WeightsSource } from './weights-source.ts'

export interface RestoreDeps {
  readonly manifest: Manifest
  readonly cache: Pick<CacheClient, 'list'>
  readonly host: Pick<InferenceHost, 'load'>
  readonly source: Pick<WeightsSource, 'fetch'>
  readonly onFailure: (thrown: unknown) => void
}

/**
 * Which partitions go into memory, and in which form, the most recent last: those that are stored whole, and
 * in the room that is left those of which only the delta has come so far.
 *
 * @param stored SHA-256 of what is stored, most recently used first
 */
export function partitionsToRestore(
  { partitions }: Pick<Manifest, 'partitions'>,
  stored: readonly string[],
  most: number,
): readonly HeldPartition[] {
  const idBySha = new Map(partitions.map(({ id, whole }) => [whole.sha256, id]))
  const recent = stored.flatMap((sha256) => idBySha.get(sha256) ?? []).slice(0, most)
  const byDelta = partitions.flatMap(({ id, delta }) =>
    delta !== undefined && stored.includes(delta.sha256) && !recent.includes(id) ? [id] : [],
  )
  return [
    ...byDelta.slice(0, most - recent.length).map((id) => ({ id, form: 'delta' as const })),
    ...recent.reverse().map((id) => ({ id, form: 'whole' as const })),
  ]
}

/**
 * Reads what is stored, and puts it into memory when `ready` resolves. Resolves with how many partitions that
 * were. Rejects where the cache fails, or with `aborted`.
 */
export async function restorePartitions(
  signal: AbortSignal,
  most: number,
  ready: Promise<unknown>,
  { manifest, cache, host, source, onFailure }: RestoreDeps,
): Promise<number> {
  const { entries } = await cache.list(signal)
  const stored = entries.map(({ sha256 }) => sha256)
  const byId = new Map(manifest.partitions.map((partition) => [partition.id, partition]))
  // Read at the same time, put into memory in order: the worker takes one message after the other.
  const blobs = partitionsToRestore(manifest, stored, most).flatMap(({ id, form }) => {
    const ref = byId.get(id)?.[form]
    return ref === undefined ? [] : [{ id, form, fetched: source.fetch(signal, ref) }]
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
  for (const outcome of loaded) if (outcome.status === 'rejected') onFailure(outcome.reason)
  return loaded.filter(({ status }) => status === 'fulfilled').length
}

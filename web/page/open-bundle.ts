import type { ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../core/bundle/manifest.ts'
import type { CacheBudget } from '../../core/cache/lru.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { BundleList } from '../../core/wire/frames.ts'
import { fetchBundleList, fetchManifest } from './bundle.ts'
import type { CacheClient } from './cache-client.ts'
import { createEdgeClient, type EdgeClient } from './edge/edge-client.ts'
import { createPartitions, type Partitions } from './partitions.ts'
import type { LastBundle } from './state/last-bundle.ts'
import type { Settings } from './state/settings-schema.ts'
import { whenIdle } from './when-idle.ts'
import type { InferenceHost } from './workers/inference-host.ts'

/** A bundle that is ready to answer frames. */
export interface OpenedBundle {
  readonly manifest: Manifest
  readonly edge: EdgeClient
  readonly partitions: Partitions
  /** What else there is to open; undefined where nobody knows. */
  readonly list: BundleList | undefined
}

export interface OpenBundleDeps {
  readonly cache: CacheClient
  readonly host: InferenceHost
  readonly settings: ReadonlySignal<Settings>
  readonly lastBundle: LastBundle
  readonly onPartitionFailure: (error: CacheNetError) => void
  /** Whether the person saves data. */
  readonly isFrugal: () => boolean
}

/** What the person allows partitions to take; megabytes are 10⁶ bytes. */
export const budgetOf = ({ cachePartitions, cacheMegabytes }: Settings): CacheBudget => ({ entries: cachePartitions, bytes: Math.round(cacheMegabytes * 1e6) })

interface Choice {
  readonly bundleId: string
  readonly list: BundleList | undefined
}

/** The bundle that was chosen, or the edge's default; where the edge does not say, the one that was open last. */
async function chooseBundle(signal: AbortSignal, chosen: string | null, lastBundle: LastBundle): Promise<Choice> {
  try {
    const list = await fetchBundleList(signal)
    return { bundleId: chosen ?? list.defaultBundle, list }
  } catch (thrown) {
    const bundleId = chosen ?? lastBundle.read()
    if (bundleId === null || signal.aborted) throw thrown
    return { bundleId, list: undefined }
  }
}

/**
 * Gets a bundle ready: manifest, generalist, warm-up, and the partitions that are cached already. Works offline with what is
 * stored. Rejects with `edge-unreachable`, `bundle-unknown`, `manifest-…`, `blob-…` or `engine-failed`.
 */
export async function openBundle(signal: AbortSignal, deps: OpenBundleDeps): Promise<OpenedBundle> {
  const { cache, host, settings, lastBundle, onPartitionFailure, isFrugal } = deps
  const { bundle, cachePartitions, edgeUrl } = settings.value
  const { bundleId, list } = await chooseBundle(signal, bundle, lastBundle)
  const { manifest, isFresh } = await fetchManifest(signal, bundleId)
  const { bytes } = await cache.fetchBlob(signal, bundleId, manifest.generalist.whole)
  await cache.setBudget(signal, budgetOf(settings.value))
  await host.open(signal, { manifest, generalist: new Uint8Array(bytes), maxPartitions: cachePartitions })
  const partitions = createPartitions({ manifest, cache, host, onFailure: onPartitionFailure, whenIdle, isFrugal })
  await partitions.restore(signal, cachePartitions)
  lastBundle.write(bundleId)
  const initialState = !navigator.onLine ? 'offline' : edgeUrl === '' && isFresh ? 'online' : 'unknown'
  const edge = createEdgeClient({ baseUrl: edgeUrl, bundleId, initialState, token: () => settings.value.edgeToken, held: () => host.held })
  return { manifest, edge, partitions, list }
}

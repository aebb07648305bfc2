import { signal as createSignal, type ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { BundleList } from '../../../core/wire/frames.ts'
import type { Signer } from '../../../core/trust/signature.ts'
import { fetchBundleList, fetchManifest, type ManifestFound } from './fetch-bundle.ts'
import { budgetOf } from '../partitions/budget-of.ts'
import type { CacheClient } from '../partitions/cache-client.ts'
import { createEdgeClient, type EdgeClient } from '../edge/edge-client.ts'
import { createLearnStream } from '../edge/learn-stream.ts'
import { createDeviceFullModel, type DeviceFullModel } from '../full-model/device-full-model.ts'
import { mayFetchFullModel } from '../full-model/may-fetch.ts'
import type { EdgeSession } from '../edge/edge-session.ts'
import type { Partitions } from '../partitions/partition-keeper.ts'
import { createPartitions } from '../partitions/partitions.ts'
import type { LastBundle } from '../state/last-bundle.ts'
import type { Settings } from '../state/settings-schema.ts'
import { whenIdle } from '../platform/when-idle.ts'
import type { InferenceHost } from '../engine/inference-host.ts'

/** A bundle that is ready to answer frames. */
export interface OpenedBundle {
  readonly manifest: Manifest
  /** Of the manifest's bytes: which version of the bundle this is. */
  readonly manifestSha256: string
  /** Undefined where nobody signed it. */
  readonly signer: Signer | undefined
  readonly edge: EdgeClient
  readonly partitions: Partitions
  /** The full model on this device, should it come here. */
  readonly fullModel: DeviceFullModel
  /** What else there is to open; undefined until somebody knows. */
  readonly list: ReadonlySignal<BundleList | undefined>
}

export interface OpenBundleDeps {
  /** Manifests do not wait for it. */
  readonly cache: Promise<CacheClient>
  readonly host: InferenceHost
  readonly createWorker: (threads: number) => Worker
  readonly session: Pick<EdgeSession, 'enter'>
  readonly settings: ReadonlySignal<Settings>
  readonly lastBundle: LastBundle
  /** The manifest is there; the networks follow. */
  readonly onManifest: (manifest: Manifest) => void
  readonly onPartitionFailure: (error: CacheNetError) => void
  /** The edge seems to have another version of the bundle. */
  readonly onDoubt: () => void
  /** Called once it is open: why the edge's own version was not taken, where it was not. */
  readonly onOpened: (refusal: CacheNetError | undefined) => void
  /** Whether the person saves data. */
  readonly isFrugal: () => boolean
}

/**
 * The manifest of the bundle that was chosen, or of the edge's default; where the edge does not say, of the
 * one that was open last. That one is asked for at once: the default is usually the same, and then nothing
 * waits for the list.
 */
async function fetchChosen(
  signal: AbortSignal,
  chosen: string | null,
  last: string | null,
  listing: Promise<BundleList>,
): Promise<ManifestFound> {
  if (chosen !== null) return fetchManifest(signal, chosen)
  const ahead = last === null ? undefined : fetchManifest(signal, last)
  ahead?.catch(() => undefined)
  try {
    const { defaultBundle } = await listing
    return defaultBundle === last && ahead !== undefined
      ? await ahead
      : await fetchManifest(signal, defaultBundle)
  } catch (thrown) {
    if (ahead === undefined || signal.aborted) throw thrown
    return ahead
  }
}

/**
 * Gets a bundle ready: manifest, generalist, warm-up, and the partitions that are cached already. Works
 * offline with what is stored. Rejects with `edge-unreachable`, `unauthorized`, `bundle-…`, `manifest-…`,
 * `blob-…` or `engine-failed`.
 */
export async function openBundle(signal: AbortSignal, deps: OpenBundleDeps): Promise<OpenedBundle> {
  const { host, session, settings, lastBundle, onManifest, onPartitionFailure, onDoubt, onOpened, isFrugal } =
    deps
  const { bundle, cachePartitions, edgeUrl } = settings.value
  const list = createSignal<BundleList | undefined>(undefined)
  const {
    manifest,
    sha256: manifestSha256,
    signer,
    isFresh,
    refusal,
  } = await session.enter(signal, () => {
    const listing = fetchBundleList(signal)
    listing.then(
      (found) => (list.value = found),
      () => undefined,
    )
    return fetchChosen(signal, bundle, lastBundle.read(), listing)
  })
  onManifest(manifest)
  const bundleId = manifest.id
  const cache = await deps.cache
  const partitions = createPartitions({
    manifest,
    cache,
    host,
    onFailure: onPartitionFailure,
    whenIdle,
    isFrugal,
  })
  const fetching = cache.fetchBlob(signal, bundleId, manifest.generalist.whole)
  const opening = fetching.then(({ bytes }) =>
    host.open(signal, { manifest, generalist: new Uint8Array(bytes), maxPartitions: cachePartitions }),
  )
  opening.catch(() => undefined)
  // Behind the generalist, which cannot be done without.
  const restoring = partitions.restore(signal, cachePartitions, opening)
  const budgeting = fetching.then(() => cache.setBudget(signal, budgetOf(settings.value)))
  budgeting.catch(() => undefined)
  await opening
  await budgeting
  await restoring
  lastBundle.write(bundleId)
  const initialState = !navigator.onLine ? 'offline' : edgeUrl === '' && isFresh ? 'online' : 'unknown'
  const edge = createEdgeClient({
    baseUrl: edgeUrl,
    manifest,
    manifestSha256,
    onDoubt,
    initialState,
    token: () => settings.value.edgeToken,
    held: () => host.held,
    learnStream: createLearnStream(settings, list, bundleId),
  })
  const { createWorker } = deps
  const mayFetch = (bytes: number): boolean => mayFetchFullModel(settings.peek(), bytes)
  const fullModel = createDeviceFullModel({ manifest, cache, createWorker, mayFetch, whenIdle })
  fullModel.follow(settings.value.fullModel)
  onOpened(refusal)
  return { manifest, manifestSha256, signer, edge, partitions, fullModel, list }
}

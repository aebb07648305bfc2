import { computed, type ReadonlySignal } from '@preact/signals'
import type { GateSettings } from '../../core/gate/settings.ts'
import type { HeldPartition } from '../../core/wire/frames.ts'
import { fetchManifest } from './boot/fetch-bundle.ts'
import { createManifestWatch } from './boot/manifest-watch.ts'
import { openBundle } from './boot/open-bundle.ts'
import { createRefusedBundles, type RefusedBundles } from './boot/refused-bundles.ts'
import { storeBundleList } from './boot/store-bundle-list.ts'
import { deviceTrust } from './boot/trust.ts'
import type { EdgeState } from './edge/edge-client.ts'
import { createEdgeSession, type EdgeSession } from './edge/edge-session.ts'
import { createEngineNotices } from './engine/engine-notices.ts'
import { createInPageEngine } from './engine/in-page-engine.ts'
import { InferenceHost } from './engine/inference-host.ts'
import { connectCache } from './partitions/cache-client.ts'
import { createCacheListener } from './partitions/cache-listener.ts'
import { createReload } from './partitions/reload-partition.ts'
import { createStoredPartitions } from './partitions/stored-partitions.ts'
import { tellPartitionFailure } from './partitions/tell-partition-failure.ts'
import { whenIdle } from './platform/when-idle.ts'
import { isSavingData } from './platform/network-conditions.ts'
import { createBundleHolder, type BundleHolder } from './state/bundle.ts'
import { createCacheView, type CacheView } from './state/cache-view.ts'
import { createClassPictures } from './state/class-pictures.ts'
import { createChangeSettings } from './state/change-settings.ts'
import { edgeStateOf } from './state/edge-state.ts'
import { createGateControl, type GateControl } from './state/gate-control.ts'
import { gateWithoutFullModel } from './state/gate-without-full-model.ts'
import { createLastBundle } from './state/last-bundle.ts'
import { createLastUses, type LastUses } from './state/last-uses.ts'
import { createNotices, type Notices } from './state/notices.ts'
import type { Settings } from './state/settings-schema.ts'
import { createSettings, type SettingsStore } from './state/settings.ts'
import { usableThreads } from './state/usable-threads.ts'
import { createStream, type Stream } from './stream/create-stream.ts'
import { streamSwitches } from './stream/frame-answerer.ts'
import { createFullModelDesk } from './stream/full-model-desk.ts'

/** Everything the page is made of, apart from what it looks like. */
export interface App extends Stream {
  readonly settings: SettingsStore
  readonly notices: Notices
  readonly cacheView: CacheView
  readonly bundle: BundleHolder
  readonly refusedBundles: RefusedBundles
  readonly lastUses: LastUses
  /** URLs of the pictures of its classes, in their order; empty where the bundle has none. */
  readonly classPictures: ReadonlySignal<readonly string[]>
  readonly isPlaying: ReadonlySignal<boolean>
  /** Playing, or paused: not to be interrupted. */
  readonly isStreaming: ReadonlySignal<boolean>
  readonly edgeState: ReadonlySignal<EdgeState>
  readonly edgeSession: EdgeSession
  /** In memory, most recent first. */
  readonly residents: ReadonlySignal<readonly HeldPartition[]>
  /** On how many threads the networks run. */
  readonly threads: ReadonlySignal<number>
  readonly gate: ReadonlySignal<GateSettings>
  readonly gateControl: GateControl
  changeSettings(changes: Partial<Settings>): void
  removePartition(id: string): Promise<void>
  clearCache(): Promise<void>
}

export interface AppDeps {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly parameters: URLSearchParams
  readonly createWorker: (threads: number) => Worker
}

/** Puts the page's parts together. Nothing is opened yet: see `App.bundle.open`. */
export function createApp({ storage, parameters, createWorker }: AppDeps): App {
  const settings = createSettings(storage, parameters)
  const notices = createNotices()
  const cacheView = createCacheView()
  const lastBundle = createLastBundle(storage)
  const lastUses = createLastUses(storage)
  const edgeSession = createEdgeSession({ settings: settings.values })
  const connecting = connectCache()

  const onThreads = (threads: number): void => changeSettings({ threads })
  const engineNotices = createEngineNotices({ notices, onThreads })
  const host = new InferenceHost({
    ...engineNotices,
    createWorker,
    // For measuring what it is worth.
    ...(parameters.get('engine') === 'worker' ? {} : { createInPageEngine }),
    threads: usableThreads(settings.values.peek().threads),
    reload: createReload(() => opened.value?.manifest, connecting),
  })
  void host.prepare(new AbortController().signal)

  const onDoubt = (): void => manifestWatch.doubt()
  const bundle = createBundleHolder(async (signal, onManifest) => {
    await stream.player.stop()
    return openBundle(signal, {
      cache: connecting,
      host,
      createWorker,
      onManifest,
      session: edgeSession,
      settings: settings.values,
      lastBundle,
      onPartitionFailure: (error) =>
        tellPartitionFailure(error, { notices, onDoubt, edgeState: () => edgeState.peek() }),
      onDoubt,
      onOpened: (refusal) => refusedBundles.tell(refusal),
      isFrugal: () => isSavingData(navigator),
    })
  })
  const { opened } = bundle
  const refusedBundles = createRefusedBundles({ trust: deviceTrust, notices, reopen: () => bundle.open() })
  const manifestWatch = createManifestWatch({ bundle, fetchManifest, notices, refusedBundles })
  const edgeState = computed(() => edgeStateOf(bundle.state.value))

  const stored = createStoredPartitions({ connecting, opened, host, notices })
  const fullModel = () => opened.value?.fullModel
  const changeSettings = createChangeSettings({ settings, notices, host, stored, fullModel })
  const desk = createFullModelDesk({
    opened: () => opened.value,
    notices,
  })
  const onEvicted = (sha256: string): void => void stored.leaveMemory(sha256)
  const onPersistent = (): void => void storeBundleList(bundle)
  void connecting.then((cache) => {
    cache.onEvent(createCacheListener({ notices, onEvicted, onPersistent }))
    return cacheView.follow(cache)
  })

  const manifest = computed(() => opened.value?.manifest)
  const gateControl = createGateControl(manifest, settings.values, {
    residents: () => host.residents.peek(),
    isFullModelNear: () => desk.isNear(),
  })
  const gate = computed(() =>
    desk.isNear()
      ? gateControl.settings.value
      : gateWithoutFullModel(gateControl.settings.value, host.residents.value.length),
  )
  const stream = createStream({
    opened,
    settings: settings.values,
    host,
    gateControl,
    gate,
    edgeState,
    desk,
    lastUses,
    notices,
    switches: streamSwitches(parameters),
    onAnswered: engineNotices.onAnswered,
  })

  return {
    ...stream,
    settings,
    notices,
    cacheView,
    bundle,
    refusedBundles,
    lastUses,
    classPictures: createClassPictures({ manifest, connecting, whenIdle }),
    isPlaying: computed(() => stream.player.state.value === 'playing'),
    isStreaming: computed(() => ['playing', 'paused'].includes(stream.player.state.value)),
    edgeState,
    edgeSession,
    residents: computed(() => host.held),
    threads: host.threads,
    gate,
    gateControl,
    changeSettings,
    removePartition: (id) => stored.remove(id),
    clearCache: () => stored.clear(),
  }
}

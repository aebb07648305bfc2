import { computed, type ReadonlySignal } from '@preact/signals'
import type { Partition } from '../../core/bundle/manifest.ts'
import type { GateSettings } from '../../core/gate/gate.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createAuditor } from './stream/auditor.ts'
import { fetchBundleList, fetchManifest } from './boot/fetch-bundle.ts'
import { connectCache, type CacheClient } from './partitions/cache-client.ts'
import type { EdgeState } from './edge/edge-client.ts'
import { createEdgeSession, type EdgeSession } from './edge/edge-session.ts'
import { isMetered, isSavingData } from './platform/network-conditions.ts'
import { budgetOf, openBundle } from './boot/open-bundle.ts'
import { createEdgeDesk } from './stream/edge-desk.ts'
import { createFrameAnswerer, streamSwitches } from './stream/frame-answerer.ts'
import { createPlayer, type Player } from './stream/player.ts'
import { createRefusedBundles, type RefusedBundles } from './boot/refused-bundles.ts'
import { createStage, type Stage } from './stream/stage.ts'
import { createBundleHolder, type BundleHolder } from './state/bundle.ts'
import { createManifestWatch } from './boot/manifest-watch.ts'
import { cacheNotice } from './state/cache-notice.ts'
import { createCacheView, type CacheView } from './state/cache-view.ts'
import { createGateControl, type GateControl } from './state/gate-control.ts'
import { createLastBundle } from './state/last-bundle.ts'
import { createLastUses, type LastUses } from './state/last-uses.ts'
import { createNotices, type Notices } from './state/notices.ts'
import { createSession, type Session } from './state/session.ts'
import type { Settings } from './state/settings-schema.ts'
import { createSettings, type SettingsStore } from './state/settings.ts'
import { usableThreads } from './state/usable-threads.ts'
import { deviceTrust } from './boot/trust.ts'
import { createInPageEngine } from './engine/in-page-engine.ts'
import { InferenceHost } from './engine/inference-host.ts'
import type { HeldPartition } from '../../core/wire/frames.ts'

/** Everything the page is made of, apart from what it looks like. */
export interface App {
  readonly settings: SettingsStore
  readonly notices: Notices
  readonly session: Session
  readonly stage: Stage
  readonly player: Player
  readonly cacheView: CacheView
  readonly bundle: BundleHolder
  readonly refusedBundles: RefusedBundles
  readonly lastUses: LastUses
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

const isAway = ({ code }: CacheNetError): boolean => code === 'edge-unreachable' || code === 'edge-timeout'

const never = new AbortController().signal

/** So many frames after a breakdown it is a thing of the past. */
const framesOfRecovery = 100

/** Puts the page's parts together. Nothing is opened yet: see `App.bundle.open`. */
export function createApp({ storage, parameters, createWorker }: AppDeps): App {
  const settings = createSettings(storage, parameters)
  const notices = createNotices()
  const session = createSession({
    isSmoothing: () => settings.values.peek().isSmoothing,
    isAsking: () => desk.isBusy(),
  })
  const stage = createStage()
  const cacheView = createCacheView()
  const lastBundle = createLastBundle(storage)
  const lastUses = createLastUses(storage)
  const edgeSession = createEdgeSession({ settings: settings.values })

  const connecting = connectCache()
  let storedBytes = Infinity
  void connecting.then((cache) => {
    cache.onEvent((event) => {
      if (event.kind === 'evicted') void forget(event.sha256)
      // What was fetched before the service worker took over went past it: the list is asked for again, for
      // an offline start.
      if (event.kind === 'persistence' && event.isPersistent)
        void bundle
          .whenOpen()
          .then(() => fetchBundleList(never))
          .catch(() => undefined)
      if (event.kind === 'notice') notices.show(cacheNotice(event.code))
      if (event.kind === 'changed') {
        // More is stored than before: the trouble is over.
        if (event.snapshot.storedBytes > storedBytes) notices.dismiss('storage')
        storedBytes = event.snapshot.storedBytes
      }
    })
    return cacheView.follow(cache)
  })
  const withCache = async (work: (cache: CacheClient) => Promise<void>): Promise<void> => {
    try {
      await work(await connecting)
      notices.dismiss('cache')
    } catch (thrown) {
      notices.showError('cache', CacheNetError.from(thrown))
    }
  }

  let framesSinceRestart = 0
  const host = new InferenceHost({
    createWorker,
    // For measuring what it is worth.
    ...(parameters.get('engine') === 'worker' ? {} : { createInPageEngine }),
    threads: usableThreads(settings.values.peek().threads),
    reload: async (signal, id, form) => {
      const { manifest, partition } = findPartition((candidate) => candidate.id === id)
      const cache = await connecting
      return new Uint8Array(
        (await cache.fetchBlob(signal, manifest.id, partition[form] ?? partition.whole)).bytes,
      )
    },
    onRestart: ({ code }) => {
      framesSinceRestart = 0
      const message =
        'The part that runs the networks broke down and was started again. The stream goes on; nothing that is cached was lost.'
      notices.show({ about: 'worker', kind: 'warning', code, message })
    },
    onThreadsFailure({ code, message }, threads) {
      // Remembered too: whoever opens the page next does not wait in vain for threads that do not come.
      changeSettings({ threads })
      notices.show({
        about: 'threads',
        kind: 'warning',
        code,
        message: `The networks could not run on more threads, and go on with ${threads === 1 ? 'one' : threads}. ${message}`,
      })
    },
  })

  void host.prepare(never)

  function changeSettings(changes: Partial<Settings>): void {
    const before = settings.values.peek()
    settings.change(changes)
    const now = settings.values.peek()
    if (now.threads !== before.threads) {
      notices.dismiss('threads')
      void host.setThreads(usableThreads(now.threads))
    }
    if (now.cachePartitions === before.cachePartitions && now.cacheMegabytes === before.cacheMegabytes) return
    void withCache(async (cache) => {
      await cache.setBudget(never, budgetOf(now))
      await host.setRoom(never, now.cachePartitions)
    })
  }

  const onDoubt = (): void => manifestWatch.doubt()
  const bundle = createBundleHolder(async (signal, onManifest) => {
    await player.stop()
    const onPartitionFailure = (error: CacheNetError): void => {
      // Weights of a version that is gone are gone with it.
      if (error.code === 'blob-unknown') onDoubt()
      // An edge that is away is told once, whatever it kept from us.
      if (!isAway(error) || edgeState.peek() !== 'offline') notices.showError('partition', error)
    }
    return openBundle(signal, {
      cache: connecting,
      host,
      onManifest,
      session: edgeSession,
      settings: settings.values,
      lastBundle,
      onPartitionFailure,
      onDoubt,
      onOpened: (refusal) => refusedBundles.tell(refusal),
      isFrugal: () => isSavingData(navigator),
    })
  })
  const { opened } = bundle
  const refusedBundles = createRefusedBundles({ trust: deviceTrust, notices, reopen: () => bundle.open() })
  const manifestWatch = createManifestWatch({ bundle, fetchManifest, notices, refusedBundles })
  const gateControl = createGateControl(
    computed(() => opened.value?.manifest),
    settings.values,
    {
      residents: () => host.residents.peek(),
      isEdgeNear: () => navigator.onLine && edgeState.peek() !== 'offline',
    },
  )

  function findPartition(isIt: (partition: Partition) => boolean) {
    const manifest = opened.value?.manifest
    const partition = manifest?.partitions.find(isIt)
    if (manifest === undefined || partition === undefined)
      throw new CacheNetError('blob-missing', 'The open bundle has no such partition.')
    return { manifest, partition }
  }

  /** What is evicted, or deleted, leaves memory too: the panel and the answers then tell the same story. */
  async function forget(sha256: string): Promise<void> {
    const partition = opened.value?.manifest.partitions.find(({ whole }) => whole.sha256 === sha256)
    if (partition === undefined || !host.residents.value.includes(partition.id)) return
    await host
      .unload(never, partition.id)
      .catch((thrown: unknown) => notices.showError('worker', CacheNetError.from(thrown)))
  }

  const edgeState = computed<EdgeState>(() => {
    const state = bundle.state.value
    if (state.kind === 'open') return state.bundle.edge.state.value
    return state.kind === 'failed' && isAway(state.error) ? 'offline' : 'unknown'
  })
  /**
   * With no edge to ask, every partition that is here is asked, where any is: one that asks the generalist
   * alone has no threshold for them.
   */
  const gate = computed<GateSettings>(() => {
    const { value } = gateControl.settings
    return edgeState.value === 'offline' && value.maxProbes > 0
      ? { ...value, maxProbes: Math.max(value.maxProbes, host.residents.value.length) }
      : value
  })
  const isCheap = (): boolean => navigator.onLine && edgeState.value !== 'offline' && !isMetered(navigator)
  const auditor = createAuditor({
    share: () => settings.values.value.auditShare,
    isAllowed: isCheap,
    edge: () => opened.value?.edge,
    session,
    onAudit: (isRight) => gateControl.observe({ kind: 'audit', isRight }),
  })
  const desk = createEdgeDesk({ edge: () => opened.value?.edge, notices })
  const answer = createFrameAnswerer({
    opened,
    desk,
    session,
    stage,
    auditor,
    lastUses,
    notices,
    gate: gateControl,
    gateOfFrames: {
      settings: () => gate.value,
      thresholdAlone: (network) => gateControl.thresholdAlone(network),
    },
    scene: gateControl.scene,
    classify: (...args) => host.classify(...args),
    residents: () => host.residents.value,
    mayPrefetch: () => settings.values.value.isPrefetching && isCheap(),
    onAnswered() {
      if (++framesSinceRestart === framesOfRecovery) notices.dismiss('worker')
    },
    switches: streamSwitches(parameters),
  })
  const player = createPlayer({
    answer,
    onStart() {
      session.clear()
      gateControl.restart()
    },
    onEnd: () => session.flush(),
    onFailure: (error) => notices.showError('stream', error),
  })

  return {
    settings,
    notices,
    session,
    stage,
    player,
    cacheView,
    bundle,
    refusedBundles,
    lastUses,
    isPlaying: computed(() => player.state.value === 'playing'),
    isStreaming: computed(() => player.state.value === 'playing' || player.state.value === 'paused'),
    edgeState,
    edgeSession,
    residents: computed(() => host.held),
    threads: host.threads,
    gate,
    gateControl,
    changeSettings,
    removePartition: (id) =>
      withCache(async (cache) => {
        const { whole, delta } = findPartition((candidate) => candidate.id === id).partition
        await cache.remove(never, whole.sha256)
        if (delta !== undefined) await cache.remove(never, delta.sha256)
        opened.value?.partitions.forget(id)
        await forget(whole.sha256)
      }),
    clearCache: () =>
      withCache(async (cache) => {
        await cache.clear(never)
        for (const { id, delta } of opened.value?.manifest.partitions ?? []) {
          if (delta !== undefined) await cache.remove(never, delta.sha256)
          opened.value?.partitions.forget(id)
        }
        for (const id of host.residents.value) await host.unload(never, id)
      }),
  }
}

import { signal as createSignal, type ReadonlySignal } from '@preact/signals'
import { isGraph } from '../../../core/bundle/full-network.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { GateSettings } from '../../../core/gate/settings.ts'
import { rgbToRgba } from '../../../core/image/preprocess.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { FrameAnswer } from '../../../core/wire/frames.ts'
import { InferenceHost } from '../engine/inference-host.ts'
import type { CacheClient } from '../partitions/cache-client.ts'
import type { FullModelUse } from '../state/settings-schema.ts'
import { fullModelAnswer } from './full-model-answer.ts'
import { fullModelBundle } from './full-model-bundle.ts'

/** `failed`: it cannot be had or run here; the edge is asked as ever. */
export type FullModelState = 'absent' | 'coming' | 'ready' | 'failed'

export interface DeviceFullModelOptions {
  readonly manifest: Manifest
  readonly cache: Pick<CacheClient, 'fetchBlob' | 'list' | 'remove'>
  readonly createWorker: (threads: number) => Worker
  /** Whether so many bytes may come without anybody asking for them. */
  readonly mayFetch: (bytes: number) => boolean
  /** Resolves when the page has nothing more urgent to do. */
  readonly whenIdle: (signal: AbortSignal) => Promise<void>
}

/**
 * The full model on this device, in a worker of its own: it takes several times what a partition takes, and
 * must keep neither the page nor the next frame waiting.
 */
export interface DeviceFullModel {
  readonly state: ReadonlySignal<FullModelState>
  /** What it weighs, in bytes. */
  readonly bytes: number
  /** Fetches it in an idle moment and starts it, where it may come unasked. Once is enough. */
  offer(): void
  /**
   * Does what the person wants: `auto` starts it where it is stored or may be fetched unasked, `never`
   * deletes it.
   */
  follow(wanted: FullModelUse): void
  /**
   * Answers a frame. Rejects with `engine-failed` where it is not ready, as `InferenceHost.classify` does
   * where it breaks down, or with `aborted`.
   *
   * @param rgb the frame at the model's input size, RGB
   */
  answer(signal: AbortSignal, rgb: Uint8Array<ArrayBuffer>): Promise<FrameAnswer>
  close(): void
}

/** Whatever the full model says is its answer. */
const noGate: GateSettings = {
  thresholdNats: 0,
  generalistThresholdNats: 0,
  maxProbes: 0,
  order: 'recent-first',
  asksGeneralist: true,
}

const nothingToReload = (): Promise<never> =>
  Promise.reject(new CacheNetError('blob-missing', 'The full model has no partitions.'))

export function createDeviceFullModel(options: DeviceFullModelOptions): DeviceFullModel {
  const { manifest, cache, createWorker, mayFetch, whenIdle } = options
  const { whole } = manifest.full
  const { width, height } = manifest.input
  const closing = new AbortController()
  // One that somebody brought runs at the edge alone.
  const isBrought = isGraph(manifest.networks.full)
  const state = createSignal<FullModelState>(isBrought ? 'failed' : 'absent')
  let opening = new AbortController()
  let host: InferenceHost | undefined

  async function open(signal: AbortSignal): Promise<void> {
    await whenIdle(signal)
    const { bytes } = await cache.fetchBlob(signal, manifest.id, whole)
    await whenIdle(signal)
    // A worker that broke down is started again with what it had; the frame that broke it asks the edge.
    host = new InferenceHost({ createWorker, reload: nothingToReload, onRestart: () => undefined })
    await host.open(signal, {
      manifest: fullModelBundle(manifest),
      generalist: new Uint8Array(bytes),
      maxPartitions: 1,
    })
  }

  function start(): void {
    if (state.peek() !== 'absent' || closing.signal.aborted) return
    state.value = 'coming'
    const { signal } = opening
    open(AbortSignal.any([signal, closing.signal])).then(
      () => {
        if (!signal.aborted) state.value = 'ready'
      },
      (thrown: unknown) => {
        if (signal.aborted) return
        host?.close()
        // A download that a network broke off is worth another try; what cannot run here is not.
        const isLost = CacheNetError.from(thrown).code === 'engine-failed'
        state.value = isLost ? 'failed' : 'absent'
      },
    )
  }

  function offer(): void {
    if (mayFetch(whole.bytes)) start()
  }

  const isStored = (): Promise<boolean> =>
    cache.list(closing.signal).then(
      ({ entries }) => entries.some(({ sha256 }) => sha256 === whole.sha256),
      () => false,
    )

  function drop(): void {
    if (isBrought) return
    opening.abort()
    opening = new AbortController()
    host?.close()
    state.value = 'absent'
    void isStored()
      .then((found) => (found ? cache.remove(closing.signal, whole.sha256) : undefined))
      .catch(() => undefined)
  }

  return {
    state,
    bytes: whole.bytes,
    offer,
    follow(wanted) {
      if (wanted === 'always') start()
      if (wanted === 'auto') void isStored().then((found) => (found ? start() : offer()))
      if (wanted === 'never') drop()
    },
    async answer(signal, rgb) {
      if (host === undefined || state.peek() !== 'ready')
        throw new CacheNetError('engine-failed', 'The full model is not on this device.')
      const image = { width, height, rgba: rgbToRgba(rgb) }
      try {
        return fullModelAnswer(manifest, await host.classify(signal, image, noGate))
      } catch (thrown) {
        if (CacheNetError.from(thrown).code === 'engine-failed') state.value = 'failed'
        throw thrown
      }
    },
    close() {
      closing.abort()
      host?.close()
    },
  }
}

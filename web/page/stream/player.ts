import { signal as createSignal, type ReadonlySignal } from '@preact/signals'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { giveWay as giveWayOnPage, type GiveWay } from '../platform/give-way.ts'
import type { FrameSource, SourceFrame, SourceKind } from '../sources/source.ts'
import { untilAborted } from '../platform/within.ts'

export type StreamState = 'idle' | 'playing' | 'paused' | 'ended' | 'stopped' | 'failed'

export interface PlayerOptions {
  /** Answers one frame. Rejects with `worker-crashed` for a frame that was lost; then the stream goes on. */
  readonly answer: (
    signal: AbortSignal,
    frame: SourceFrame,
    place: { readonly index: number; readonly isLossless: boolean },
  ) => Promise<void>
  readonly onStart: () => void
  /** The last frame has been answered; the state follows. */
  readonly onEnd: () => void
  readonly onFailure: (error: CacheNetError) => void
  readonly giveWay?: GiveWay
}

export interface Player {
  readonly state: ReadonlySignal<StreamState>
  /** What is playing, or was last. */
  readonly sourceKind: ReadonlySignal<SourceKind | undefined>
  /** Plays a source in place of whatever plays now; resolves when it has ended, whichever way. */
  play(source: FrameSource): Promise<void>
  /** Resolves when the stream has come to rest. */
  stop(): Promise<void>
  /** Asks for no more frames until `resume`; the one on its way is answered. */
  pause(): void
  resume(): void
}

/** Runs one stream at a time, one frame after the other. */
export function createPlayer({
  answer,
  onStart,
  onEnd,
  onFailure,
  giveWay = giveWayOnPage,
}: PlayerOptions): Player {
  const state = createSignal<StreamState>('idle')
  const sourceKind = createSignal<SourceKind | undefined>(undefined)
  let turns = 0
  let goOn: () => void = () => undefined
  let current: { readonly controller: AbortController; readonly done: Promise<void> } | undefined

  async function run(signal: AbortSignal, source: FrameSource): Promise<void> {
    const { isLossless } = source
    let index = 0
    for await (const frame of source.frames(signal)) {
      // Source and answer may both be there at once, frame after frame: nothing else would ever have its
      // turn.
      await giveWay()
      if (signal.aborted) return
      try {
        await untilAborted(signal, answer(signal, frame, { index, isLossless }))
        index++
      } catch (thrown) {
        if (CacheNetError.from(thrown).code !== 'worker-crashed') throw thrown
      }
      await giveWay()
      await untilResumed(signal)
    }
  }

  function untilResumed(signal: AbortSignal): Promise<void> {
    if (state.value !== 'paused' || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      // Taken away again: a stream may be paused a thousand times, and its signal lives as long as it.
      const end = (): void => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      goOn = end
      signal.addEventListener('abort', end, { once: true })
    })
  }

  async function finish(signal: AbortSignal, source: FrameSource): Promise<StreamState> {
    try {
      await run(signal, source)
      return signal.aborted ? 'stopped' : 'ended'
    } catch (thrown) {
      if (signal.aborted) return 'stopped'
      onFailure(CacheNetError.from(thrown))
      return 'failed'
    }
  }

  async function endCurrent(): Promise<void> {
    current?.controller.abort()
    await current?.done
  }

  return {
    state,
    sourceKind,
    stop() {
      // Also what was chosen before and still waits for its turn.
      turns++
      return endCurrent()
    },
    pause() {
      if (state.value === 'playing') state.value = 'paused'
    },
    resume() {
      if (state.value === 'paused') state.value = 'playing'
      goOn()
    },
    async play(source) {
      const turn = ++turns
      await endCurrent()
      // Somebody chose another source, or stopped, while this one waited.
      if (turn !== turns) return
      const controller = new AbortController()
      onStart()
      sourceKind.value = source.kind
      state.value = 'playing'
      const done = finish(controller.signal, source).then((ended) => {
        onEnd()
        state.value = ended
      })
      current = { controller, done }
      await done
    },
  }
}

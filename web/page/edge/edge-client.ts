import { signal, type ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { checkFrameAnswer } from '../../../core/client/check-frame-answer.ts'
import { createEdgeApi, type Received } from '../../../core/client/edge-api.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { hitsLimit, type FrameAnswer, type HeldPartition } from '../../../core/wire/frames.ts'
import { mostCheckedAtOnce } from '../../../core/wire/places.ts'
import { bytesOfFrame, type SentFrame } from '../../../core/wire/sent-frame.ts'
import { wait, within } from '../platform/within.ts'
import { backoffMs } from './backoff.ts'
import {
  closedCircuit,
  defaultCircuit,
  stepCircuit,
  type CircuitEvent,
  type CircuitState,
} from './circuit.ts'

export type EdgeState = 'online' | 'offline' | 'unknown'

export interface EdgeAnswer {
  readonly answer: FrameAnswer
  /** Bytes of bodies, over all attempts; headers are not counted. */
  readonly bytesUp: number
  readonly bytesDown: number
}

export interface EdgeClientOptions {
  /** Where the edge is; empty for where the page came from. */
  readonly baseUrl: string
  /** What answers are held against, and shown by. */
  readonly manifest: Manifest
  /** Hash of the manifest's bytes. */
  readonly manifestSha256: string
  /**
   * The edge seems to have another version of the bundle than this page: it said so, or its answers do not
   * fit. May be called often.
   */
  readonly onDoubt?: () => void
  /** What an edge that is not for everybody asks for; empty for none. Asked anew for each frame. */
  readonly token?: () => string
  /** What is in memory here, most recent first: the edge sends the delta that is missing. */
  readonly held?: () => readonly HeldPartition[]
  /** Names the stream of a frame that the edge may keep; undefined while it may not. */
  readonly learnStream?: () => string | undefined
  /** What is known of the edge before the first frame. */
  readonly initialState?: EdgeState
  readonly timeLimitMs?: number
  /** What a test puts in place of the browser's. */
  readonly fetch?: typeof fetch
  readonly nowMs?: () => number
  readonly random?: () => number
}

export interface EdgeClient {
  readonly state: ReadonlySignal<EdgeState>
  /**
   * Has the edge answer a frame. Tries again after failures that may pass. Rejects with `edge-unreachable`
   * (at once while the circuit is open), `edge-timeout`, `edge-answer-invalid`, `bundle-changed` where the
   * edge has another version of the bundle, whatever code the edge refused with, or `aborted`.
   *
   * @param takesPartition a partition is wanted: its delta comes along where it is missing here
   */
  answer(signal: AbortSignal, frame: SentFrame, takesPartition?: boolean): Promise<EdgeAnswer>
  /**
   * Has the edge say whether it agrees with a hit that this device answered with `classIndex`. One attempt,
   * and none while the edge is away: nobody waits for it. Rejects as `answer` does.
   */
  audit(signal: AbortSignal, frame: SentFrame, classIndex: number): Promise<EdgeAnswer>
  /** Whether the person has the edge learn this place from the frames that it is sent. */
  isLearnedFrom(): boolean
  /**
   * A hit of this device was checked: told to an edge that learns this place, with the next frame
   * (`checkedHeader`).
   */
  noteChecked(isAlike: boolean): void
  /**
   * A frame was answered here: told to the edge with the next frame that it is sent, since only the device
   * can count them.
   */
  noteHit(): void
  /** Asks the edge again now, where it is thought to be away: the network may just have come back. */
  retryNow(): void
  /** Stops probing. */
  close(): void
}

const maxAttempts = 3
const retryBackoff = { baseMs: 150, maxMs: 1000 }
/** Codes that another attempt may not meet again. The others are about the frame itself. */
const passing: ReadonlySet<string> = new Set(['edge-unreachable', 'edge-overloaded', 'edge-stopping'])
/** Codes that say something about the edge, not about the frame. */
const edgeFailures: ReadonlySet<string> = new Set([
  ...passing,
  'edge-timeout',
  'edge-answer-invalid',
  'engine-failed',
  'internal',
])

/** Codes after which the manifest is worth a look. */
const doubtful: ReadonlySet<string> = new Set(['bundle-changed', 'bundle-unknown', 'edge-answer-invalid'])
/** So long no frame is sent to an edge that has another version of the bundle. */
const changedPauseMs = 5_000

interface FrameOptions {
  readonly auditOf?: number
  readonly takesPartition?: boolean
}

/**
 * The page's way to the edge for frames. While the edge is away it probes it by itself, with the last frame
 * it owed an answer.
 */
export function createEdgeClient(options: EdgeClientOptions): EdgeClient {
  const { baseUrl, manifest, manifestSha256, timeLimitMs = 5000, onDoubt = () => undefined } = options
  const { nowMs = () => performance.now(), random = Math.random, token = () => '', held = () => [] } = options
  const { learnStream = () => undefined } = options
  const closing = new AbortController()
  const state = signal<EdgeState>(options.initialState ?? 'unknown')
  let circuit: CircuitState = closedCircuit
  let probeTimer: ReturnType<typeof setTimeout> | undefined
  let lastFrame: SentFrame | undefined
  let untoldHits = 0
  let untoldChecks: readonly boolean[] = []
  /**
   * An edge elsewhere that does not know the header would have its browser refuse the whole request: it is
   * sent once the edge has said it first.
   */
  let isHashTold = baseUrl === ''
  let pausedUntilMs = -Infinity

  function step(event: CircuitEvent): void {
    circuit = stepCircuit(circuit, event, nowMs(), random, defaultCircuit)
    if (circuit.kind === 'closed' && circuit.failures === 0) state.value = 'online'
    if (circuit.kind !== 'closed') state.value = 'offline'
    clearTimeout(probeTimer)
    if (circuit.kind === 'open' && !closing.signal.aborted)
      probeTimer = setTimeout(probe, Math.max(0, circuit.probeAtMs - nowMs()))
  }

  function probe(): void {
    if (lastFrame === undefined || circuit.kind !== 'open') return
    step({ kind: 'probe-started' })
    void post(closing.signal, lastFrame).then(
      () => step({ kind: 'succeeded' }),
      (thrown: unknown) => {
        // An edge that refuses this frame is there all the same.
        const { code } = CacheNetError.from(thrown)
        if (code !== 'aborted') step({ kind: edgeFailures.has(code) ? 'failed' : 'succeeded' })
      },
    )
  }

  const changed = (): CacheNetError =>
    new CacheNetError(
      'bundle-changed',
      'The edge has another version of this bundle than this page. Its answers would get wrong names; this device answers until the page has loaded the new one.',
      { bundleId: manifest.id },
    )

  /** Throws where the answer is not one by the manifest that it would be shown by. */
  function check({ value, manifestSha256: found }: Received<FrameAnswer>): void {
    if (found !== undefined) isHashTold = true
    if (found !== undefined && found !== manifestSha256) throw changed()
    checkFrameAnswer(value, manifest)
  }

  function noteFailure(code: string): void {
    if (code === 'bundle-changed') pausedUntilMs = nowMs() + changedPauseMs
    if (doubtful.has(code)) onDoubt()
  }

  async function post(
    signal: AbortSignal,
    frame: SentFrame,
    { auditOf, takesPartition = true }: FrameOptions = {},
  ): Promise<{ answer: FrameAnswer; bytesDown: number }> {
    // The token may have changed since the last frame.
    const api = createEdgeApi({ baseUrl, token: token() === '' ? undefined : token(), fetch: options.fetch })
    const hits = Math.min(untoldHits, hitsLimit - 1)
    untoldHits -= hits
    const stream = learnStream()
    const checked = stream === undefined ? [] : untoldChecks
    untoldChecks = []
    const context = {
      ...(isHashTold && { manifestSha256 }),
      ...(takesPartition && { holds: held() }),
      ...(auditOf !== undefined && { auditOf }),
      ...(hits > 0 && { hits }),
      ...(stream !== undefined && { learnStream: stream, checked }),
    }
    try {
      const received = await within(signal, timeLimitMs, 'edge-timeout', (limited) =>
        api.answerFrame(limited, manifest.id, frame, context),
      )
      check(received)
      return { answer: received.value, bytesDown: received.bytesDown }
    } catch (thrown) {
      // The edge counts them with its answer.
      untoldHits += hits
      untoldChecks = [...checked, ...untoldChecks].slice(-mostCheckedAtOnce)
      noteFailure(CacheNetError.from(thrown).code)
      throw thrown
    }
  }

  return {
    state,
    async answer(signal, frame, takesPartition = true) {
      lastFrame = frame
      for (let attempt = 0; ; attempt++) {
        if (circuit.kind !== 'closed')
          throw new CacheNetError('edge-unreachable', 'The edge is away; answers come from this device.')
        if (nowMs() < pausedUntilMs) throw changed()
        try {
          const { answer, bytesDown } = await post(signal, frame, { takesPartition })
          step({ kind: 'succeeded' })
          return { answer, bytesDown, bytesUp: bytesOfFrame(frame).byteLength * (attempt + 1) }
        } catch (thrown) {
          const error = CacheNetError.from(thrown)
          if (error.code === 'aborted') throw error
          // An edge that keeps one frame waiting for the whole limit shall not do the same to the next.
          if (edgeFailures.has(error.code)) step({ kind: 'failed', isFinal: error.code === 'edge-timeout' })
          if (!passing.has(error.code) || attempt + 1 >= maxAttempts) throw error
          await wait(signal, backoffMs(attempt, retryBackoff, random))
        }
      }
    },
    async audit(signal, frame, classIndex) {
      if (circuit.kind !== 'closed') throw new CacheNetError('edge-unreachable', 'The edge is away.')
      if (nowMs() < pausedUntilMs) throw changed()
      const { answer, bytesDown } = await post(signal, frame, { auditOf: classIndex })
      return { answer, bytesDown, bytesUp: bytesOfFrame(frame).byteLength }
    },
    noteChecked(isAlike) {
      if (learnStream() !== undefined) untoldChecks = [...untoldChecks, isAlike].slice(-mostCheckedAtOnce)
    },
    isLearnedFrom: () => learnStream() !== undefined,
    noteHit() {
      untoldHits++
    },
    retryNow() {
      if (circuit.kind === 'closed' && state.value === 'offline') state.value = 'unknown'
      if (circuit.kind !== 'open') return
      clearTimeout(probeTimer)
      probe()
    },
    close() {
      closing.abort()
      clearTimeout(probeTimer)
    },
  }
}

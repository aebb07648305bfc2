import { batch, signal, type ReadonlySignal } from '@preact/signals'
import type { FrameRecord } from '../stream-log/frame-record.ts'
import { StreamLog, type StreamTotals } from '../stream-log/stream-log.ts'
import { smoothedFrames, steadyLabel } from '../stream-log/smoothing.ts'

type ShownFields =
  | 'label'
  | 'certainty'
  | 'sureness'
  | 'runnersUp'
  | 'entropyNats'
  | 'thresholdNats'
  | 'outcome'
  | 'answeredBy'
  | 'network'
  | 'latencyMs'
  | 'edgeEntropyNats'
  | 'trueLabel'

/** The answer that is on the screen. */
export interface ShownAnswer extends Pick<FrameRecord, ShownFields> {
  /** The edge is still being asked. */
  readonly isPending: boolean
  /** How many of the last frames have this label; null where labels are not smoothed. */
  readonly agreement: { readonly agreeing: number; readonly frames: number } | null
}

/** What the stream comes to so far. */
export interface StreamTally {
  readonly totals: StreamTotals
  /** Grows whenever the log has something new to draw. */
  readonly revision: number
}

type Audit = Parameters<StreamLog['addAudit']>[0]

export interface StreamView {
  /**
   * What the page shows, brought up to date once a picture of the screen at most, however fast frames come.
   */
  readonly answer: ReadonlySignal<ShownAnswer | undefined>
  /**
   * Brought up to date ten times a second at most: nobody reads sums faster, and to lay out and paint them
   * with every answer takes a slow phone longer than the answer.
   */
  readonly tally: ReadonlySignal<StreamTally>
  readonly log: StreamLog
  showProvisional(record: FrameRecord): void
  add(record: FrameRecord): void
  /** The edge's answer to a frame that was added with the device's own. */
  revise(record: FrameRecord): void
  addAudit(audit: Audit): void
  addBytesDown(index: number, bytes: number): void
  clear(): void
  /** Brings both up to date now: when a stream has ended, its last frame is seen with its end. */
  flush(): void
}

export interface StreamViewOptions {
  /** Runs something once before the next picture is painted. */
  readonly schedule?: (update: () => void) => void
  /** Whether the label that is shown is the one that the last frames agree on. */
  readonly isSmoothing?: () => boolean
  /** Whether the edge is being asked: what nobody here is certain of may still be answered. */
  readonly isAsking?: () => boolean
  readonly nowMs?: () => number
}

const tallyEveryMs = 100

export function createStreamView({
  schedule = beforePaint,
  isSmoothing = () => false,
  isAsking = () => false,
  nowMs = () => performance.now(),
}: StreamViewOptions = {}): StreamView {
  const log = new StreamLog()
  let shown: ShownAnswer | undefined
  let shownIndex = -1
  let isScheduled = false
  let talliedMs = -Infinity
  let laterTally: ReturnType<typeof setTimeout> | undefined
  const answer = signal(shown)
  const tally = signal<StreamTally>({ totals: log.totals(), revision: 0 })

  function count(): void {
    clearTimeout(laterTally)
    laterTally = undefined
    talliedMs = nowMs()
    tally.value = { totals: log.totals(), revision: tally.peek().revision + 1 }
  }

  function paint(): void {
    isScheduled = false
    batch(() => {
      answer.value = shown
      const waitMs = talliedMs + tallyEveryMs - nowMs()
      if (waitMs <= 0) count()
      else laterTally ??= setTimeout(count, waitMs)
    })
  }

  function flush(): void {
    isScheduled = false
    batch(() => {
      answer.value = shown
      count()
    })
  }

  function changed(): void {
    if (isScheduled) return
    isScheduled = true
    schedule(() => {
      if (isScheduled) paint()
    })
  }

  function show(record: FrameRecord, isPending: boolean): void {
    const steady = isSmoothing() && !isPending ? steadyLabel(log.tail(smoothedFrames)) : undefined
    const own = { ...record, isPending, agreement: null }
    shown =
      steady === undefined
        ? own
        : {
            ...own,
            label: steady.label,
            certainty: steady.certainty,
            agreement: { agreeing: steady.agreeing, frames: steady.frames },
          }
    shownIndex = record.index
    changed()
  }

  return {
    answer,
    tally,
    log,
    flush,
    showProvisional: (record) => show(record, true),
    add(record) {
      log.add(record)
      show(record, record.outcome === 'uncertain' && isAsking())
    },
    revise(record) {
      log.revise(record)
      // A later frame that this device was certain of is the better news.
      if (shownIndex === record.index || shown?.outcome !== 'hit') show(record, false)
      else changed()
    },
    addAudit(audit) {
      log.addAudit(audit)
      changed()
    },
    addBytesDown(index, bytes) {
      log.addBytesDown(index, bytes)
      changed()
    },
    clear() {
      log.clear()
      shown = undefined
      shownIndex = -1
      talliedMs = -Infinity
      changed()
    },
  }
}

/** A page that is not visible paints nothing, and still has to count: then a timer does it. */
function beforePaint(update: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(update)
  else setTimeout(update, 250)
}

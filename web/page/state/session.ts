import { signal, type ReadonlySignal } from '@preact/signals'
import type { FrameRecord } from '../session/frame-record.ts'
import { SessionLog, type SessionTotals } from '../session/session-log.ts'

type ShownFields = 'label' | 'certainty' | 'entropyNats' | 'thresholdNats' | 'outcome' | 'network' | 'latencyMs' | 'edgeEntropyNats' | 'trueLabel'

/** The answer that is on the screen. */
export interface ShownAnswer extends Pick<FrameRecord, ShownFields> {
  /** The edge is still being asked. */
  readonly isPending: boolean
}

export interface SessionView {
  readonly answer: ShownAnswer | undefined
  readonly totals: SessionTotals
  /** Grows whenever there is something new to draw. */
  readonly revision: number
}

export interface Session {
  /** What the page shows, brought up to date once a picture at most, however fast frames come. */
  readonly view: ReadonlySignal<SessionView>
  readonly log: SessionLog
  showProvisional(answer: ShownAnswer): void
  add(record: FrameRecord): void
  addBytesDown(index: number, bytes: number): void
  clear(): void
  /** Brings the view up to date now: when a stream has ended, its last frame is seen with its end. */
  flush(): void
}

/** @param schedule runs something once before the next picture is painted */
export function createSession(schedule: (update: () => void) => void = beforePaint): Session {
  const log = new SessionLog()
  let answer: ShownAnswer | undefined
  let revision = 0
  let isScheduled = false
  const view = signal<SessionView>({ answer, totals: log.totals(), revision })

  function flush(): void {
    isScheduled = false
    view.value = { answer, totals: log.totals(), revision: ++revision }
  }

  function changed(): void {
    if (isScheduled) return
    isScheduled = true
    schedule(() => {
      if (isScheduled) flush()
    })
  }

  return {
    view,
    log,
    flush,
    showProvisional(provisional) {
      answer = provisional
      changed()
    },
    add(record) {
      log.add(record)
      answer = { ...record, isPending: false }
      changed()
    },
    addBytesDown(index, bytes) {
      log.addBytesDown(index, bytes)
      changed()
    },
    clear() {
      log.clear()
      answer = undefined
      changed()
    },
  }
}

/** A page that is not visible paints nothing, and still has to count: then a timer does it. */
function beforePaint(update: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(update)
  else setTimeout(update, 250)
}

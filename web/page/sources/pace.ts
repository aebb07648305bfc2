import { wait, type Timers } from '../platform/within.ts'

export type Rate = number | 'max'

export interface Pace {
  /** Waits until the next frame is due and returns its number, from 0. Rejects with `aborted`. */
  next(signal: AbortSignal): Promise<number>
}

export interface PaceOptions {
  /** Frames per second; asked anew for each frame, so that it may be changed meanwhile. */
  readonly rate: () => Rate
  /** Lossless: every number comes. Live: those whose time has passed are left out. */
  readonly isLossless: boolean
  readonly nowMs?: () => number
  readonly timers?: Timers
}

/** Gives a stream its frame rate. */
export function createPace({ rate, isLossless, nowMs = () => performance.now(), timers }: PaceOptions): Pace {
  let dueMs = nowMs()
  let number = -1
  return {
    async next(signal) {
      const now = rate()
      number++
      if (now === 'max') {
        dueMs = nowMs()
        return number
      }
      const periodMs = 1000 / now
      const lateMs = nowMs() - dueMs
      if (lateMs >= periodMs) {
        const passed = Math.floor(lateMs / periodMs)
        if (!isLossless) number += passed
        // A lossless stream that was held up goes on at its rate; it does not hurry to catch up.
        dueMs += passed * periodMs
      }
      if (nowMs() < dueMs) await wait(signal, dueMs - nowMs(), timers)
      dueMs += periodMs
      return number
    },
  }
}

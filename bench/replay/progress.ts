export interface Progress {
  /** @param extra what else is known, for the end of the line */
  report(done: number | undefined, extra: string): void
  /** Ends the line, so that what follows starts on its own. */
  end(): void
}

export interface ProgressOptions {
  readonly total: number
  readonly write: (text: string) => void
  /** On a terminal the line is written over; elsewhere a new one comes now and then. */
  readonly isTerminal: boolean
  readonly nowMs?: () => number
}

const terminalEveryMs = 200
const plainEveryMs = 10_000

function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** How far a stream is, and how long it will take at the speed so far. */
export function createProgress({
  total,
  write,
  isTerminal,
  nowMs = () => performance.now(),
}: ProgressOptions): Progress {
  const startedAt = nowMs()
  let reportedAt = -Infinity
  let isOpen = false
  return {
    report(done, extra) {
      const now = nowMs()
      if (now - reportedAt < (isTerminal ? terminalEveryMs : plainEveryMs)) return
      reportedAt = now
      const elapsed = (now - startedAt) / 1000
      const share = done === undefined ? 0 : done / total
      const left = share > 0 ? `, ${duration((elapsed * (1 - share)) / share)} left` : ''
      const line = `${done ?? '?'} of ${total} frames (${Math.floor(share * 100)} %), ${duration(elapsed)}${left}${extra}`
      isOpen = isTerminal
      write(isTerminal ? `\r\u001b[K${line}` : `${line}\n`)
    },
    end() {
      if (isOpen) write('\n')
      isOpen = false
    },
  }
}

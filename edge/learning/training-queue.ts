/** One training at a time, and a few that wait. */
export interface TrainingQueue {
  /** Waits, or is under way. */
  has(key: string): boolean
  isRunning(key: string): boolean
  /** Puts work behind what waits; false where it waits already, or too many do. */
  add(key: string, work: (signal: AbortSignal) => Promise<void>): boolean
  /** Ends the work of a key, or takes it out of the queue; resolves once it is over. */
  cancel(key: string): Promise<void>
  /** Resolves once nothing waits and nothing is under way. */
  idle(): Promise<void>
  /** Ends what is under way, and forgets what waits. */
  close(): Promise<void>
}

interface Work {
  readonly key: string
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** @param onError hears of work that rejected */
export function createTrainingQueue(mostWaiting: number, onError: (thrown: unknown) => void): TrainingQueue {
  let waiting: Work[] = []
  let running:
    { readonly key: string; readonly ending: AbortController; readonly over: Promise<void> } | undefined
  let working: Promise<void> = Promise.resolve()
  let isBusy = false
  let isClosed = false

  const workThrough = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const ending = new AbortController()
      const over = next.run(ending.signal).catch((thrown: unknown) => {
        if (!ending.signal.aborted) onError(thrown)
      })
      running = { key: next.key, ending, over }
      await over
      running = undefined
    }
    isBusy = false
  }

  const cancel = async (isMeant: (key: string) => boolean): Promise<void> => {
    waiting = waiting.filter(({ key }) => !isMeant(key))
    if (running === undefined || !isMeant(running.key)) return
    running.ending.abort()
    await running.over
  }

  return {
    has: (key) => running?.key === key || waiting.some((work) => work.key === key),
    isRunning: (key) => running?.key === key,
    add(key, run) {
      if (isClosed || this.has(key) || waiting.length >= mostWaiting) return false
      waiting.push({ key, run })
      if (!isBusy) {
        isBusy = true
        working = workThrough()
      }
      return true
    },
    cancel: (wanted) => cancel((key) => key === wanted),
    async idle() {
      await working
    },
    async close() {
      isClosed = true
      await cancel(() => true)
      await working
    },
  }
}

/**
 * So long, in milliseconds, what follows upon itself may keep the page's task before it hands it over.
 * Together with the longest single step (14 ms, see `engine-place.ts` and `picture-size.ts`) that is one
 * picture of a display: 16 ms.
 */
const keptMs = 2

let channel: MessageChannel | undefined
const waiting: (() => void)[] = []

/**
 * The next task that is not ahead of anybody's. `scheduler.yield()` comes back before all timers, messages
 * and answers of the network that wait already, so that a loop of it keeps them out for ever; promises do
 * not even end the task.
 */
function nextTask(): Promise<void> {
  if (channel === undefined) {
    channel = new MessageChannel()
    channel.port1.onmessage = () => waiting.shift()?.()
  }
  const { port2 } = channel
  return new Promise((resolve) => {
    waiting.push(resolve)
    port2.postMessage(null)
  })
}

export interface GiveWayOptions {
  readonly nowMs?: () => number
  readonly handOver?: () => Promise<void>
}

/** Hands the task over where it has been kept for a moment; otherwise goes on at once. */
export type GiveWay = () => Promise<void>

export function createGiveWay({
  nowMs = () => performance.now(),
  handOver = nextTask,
}: GiveWayOptions = {}): GiveWay {
  let sinceMs = -Infinity
  return async () => {
    if (nowMs() - sinceMs < keptMs) return
    await handOver()
    sinceMs = nowMs()
  }
}

/**
 * For every loop on the page's thread: called between two steps, it lets clicks, paints and answers in. A
 * chain of promises alone is one task, however long: `play → classify (in the page) → draw` once kept a page
 * for minutes.
 */
export const giveWay = createGiveWay()

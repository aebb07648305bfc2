import { untilAborted, wait } from './within.ts'

/** Safari has no idle callbacks: there, a moment later is as good. */
const laterMs = 250
/** A stream may leave the page nothing to spare for ever; what waits here must come all the same. */
const latestMs = 2_000

/**
 * Resolves when the browser has nothing more urgent to do, after two seconds at the latest. Rejects with
 * `aborted`.
 */
export function whenIdle(signal: AbortSignal): Promise<void> {
  if (!('requestIdleCallback' in globalThis)) return wait(signal, laterMs)
  return untilAborted(
    signal,
    new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: latestMs })),
  )
}

/** Resolves when what was shown last is on the screen, and nothing else is to do. Rejects with `aborted`. */
export async function whenDrawn(signal: AbortSignal): Promise<void> {
  await untilAborted(signal, new Promise((resolve) => requestAnimationFrame(resolve)))
  await whenIdle(signal)
}

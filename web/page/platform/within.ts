import { CacheNetError, type ErrorCode } from '../../../core/wire/errors.ts'

/** What a wait needs of the clock, so that a test can be its own. */
export interface Timers {
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

const realTimers: Timers = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}

/**
 * Runs work under a time limit and a signal. The work gets a signal of its own that fires for either. Rejects
 * with `timeoutCode` at the limit and `aborted` at the signal, even where the work does not listen.
 */
export async function within<Result>(
  signal: AbortSignal,
  limitMs: number,
  timeoutCode: ErrorCode,
  work: (signal: AbortSignal) => Promise<Result>,
  timers: Timers = realTimers,
): Promise<Result> {
  if (signal.aborted) throw new CacheNetError('aborted', 'It was called off.')
  const controller = new AbortController()
  let giveUp: (error: CacheNetError) => void = () => undefined
  const stopped = new Promise<never>((_, reject) => {
    giveUp = (error) => {
      reject(error)
      controller.abort(error)
    }
  })
  const onAbort = (): void => giveUp(new CacheNetError('aborted', 'It was called off.'))
  const timer = timers.setTimeout(
    () => giveUp(new CacheNetError(timeoutCode, 'There was no answer in time.', { limitMs })),
    limitMs,
  )
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work(controller.signal), stopped])
  } finally {
    timers.clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** Waits, but not beyond the signal: rejects with `aborted`. */
export function wait(signal: AbortSignal, delayMs: number, timers: Timers = realTimers): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new CacheNetError('aborted', 'It was called off.'))
      return
    }
    const onAbort = (): void => {
      timers.clearTimeout(timer)
      reject(new CacheNetError('aborted', 'It was called off.'))
    }
    const timer = timers.setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, delayMs)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/**
 * What a promise comes to, but not beyond the signal: rejects with `aborted`. For waits that cannot be
 * called off themselves.
 *
 * @param tooLate what to do with a result that nobody waits for any more
 */
export async function untilAborted<Result>(
  signal: AbortSignal,
  work: Promise<Result>,
  tooLate: (result: Result) => void = () => undefined,
): Promise<Result> {
  let onAbort: () => void = () => undefined
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(new CacheNetError('aborted', 'It was called off.'))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, stopped])
  } catch (thrown) {
    if (signal.aborted) void work.then(tooLate, () => undefined)
    throw thrown
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

import type { Logger } from 'pino'

/**
 * One keystroke may arrive twice: from the terminal to the whole group, and once more from the program that
 * started us.
 */
const sameSignalMs = 1_000

/**
 * Calls `stop` at the first SIGTERM or SIGINT. A later one, from somebody who will not wait, ends the process
 * at once. Returns what takes the handlers away again.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  let stoppedAt: number | undefined
  const handle = (signal: NodeJS.Signals): void => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now()
      stop(signal)
    } else if (performance.now() - stoppedAt > sameSignalMs) process.exit(1)
  }
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
  return () => {
    process.off('SIGTERM', handle)
    process.off('SIGINT', handle)
  }
}

/**
 * Stops a server gently at a signal and ends the process: with 0, or with 1 where that failed. Returns what
 * stops it for another reason; then it ends with 1.
 */
export function stopOnSignal(
  close: () => Promise<void>,
  log: Logger,
  flush: () => Promise<void>,
): (reason: string) => void {
  const exit = (code: number): void => void flush().finally(() => process.exit(code))
  const stop = (reason: string, exitCode: number): void => {
    log.info({ reason }, 'stopping: frames in flight are answered, new ones are not taken')
    close().then(
      () => exit(exitCode),
      (thrown: unknown) => {
        log.error({ err: thrown }, 'could not stop in order')
        exit(1)
      },
    )
  }
  onStopSignal((signal) => stop(signal, 0))
  return (reason) => stop(reason, 1)
}

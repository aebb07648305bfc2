import type { Logger } from 'pino'

/**
 * A promise that nobody waited for must not end a server that others use: it is logged, and the edge goes on.
 * What was thrown outside of any promise leaves a state that nobody knows; then the edge stops in order, and
 * whoever runs it starts it again.
 */
export function surviveRejections(log: Logger, stop: () => void): () => void {
  const onRejection = (thrown: unknown): void =>
    log.error({ err: thrown }, 'a failure that nobody waited for; the edge goes on')
  const onException = (thrown: unknown): void => {
    log.fatal({ err: thrown }, 'a failure that nobody caught; the edge stops')
    stop()
  }
  process.on('unhandledRejection', onRejection)
  process.on('uncaughtException', onException)
  return () => {
    process.off('unhandledRejection', onRejection)
    process.off('uncaughtException', onException)
  }
}

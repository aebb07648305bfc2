import type { Progress } from './progress.ts'

/** Ctrl-C asks for a checkpoint; a second one ends at once. */
export function abortOnInterrupt(progress: Progress): AbortSignal {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130)
    progress.say('Stopping at the next step, with a checkpoint. Press Ctrl-C again to stop without.')
    controller.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return controller.signal
}

import type { Progress } from './progress.ts'

const signals = ['SIGINT', 'SIGTERM'] as const

/** What is done about Ctrl-C now; undefined where it ends the process as it does any other. */
let interrupt: (() => void) | undefined

/** Ctrl-C asks for a checkpoint; a second one ends at once. */
export function abortOnInterrupt(progress: Progress): AbortSignal {
  const controller = new AbortController()
  interrupt = () => {
    if (controller.signal.aborted) process.exit(130)
    progress.say('Stopping at the next step, with a checkpoint. Press Ctrl-C again to stop without.')
    controller.abort()
  }
  for (const signal of signals) process.on(signal, interrupt)
  return controller.signal
}

/**
 * Computes what takes minutes and gives the task up to nobody, so that a handler of Ctrl-C would not be heard
 * before it ends. Nothing of it is worth a checkpoint: meanwhile Ctrl-C ends the process at once, and what
 * was trained is on the disk.
 */
export function endingAtOnce<Result>(compute: () => Result): Result {
  const heard = interrupt
  if (heard === undefined) return compute()
  interrupt = undefined
  for (const signal of signals) process.off(signal, heard)
  try {
    return compute()
  } finally {
    for (const signal of signals) process.on(signal, heard)
    interrupt = heard
  }
}

import type { Notices } from '../state/notices.ts'
import type { InferenceHostOptions } from './inference-host-options.ts'

export interface EngineNoticesOptions {
  readonly notices: Pick<Notices, 'show' | 'dismiss'>
  /** The networks go on with so many threads. */
  readonly onThreads: (threads: number) => void
}

export interface EngineNotices extends Required<
  Pick<InferenceHostOptions, 'onRestart' | 'onThreadsFailure'>
> {
  /** A frame was answered. */
  readonly onAnswered: () => void
}

/** So many frames after a breakdown it is a thing of the past. */
const framesOfRecovery = 100

/** What a person is told of trouble with the networks. */
export function createEngineNotices({ notices, onThreads }: EngineNoticesOptions): EngineNotices {
  let framesSinceRestart = 0
  return {
    onRestart({ code }) {
      framesSinceRestart = 0
      const message =
        'The part that runs the networks broke down and was started again. The stream goes on; nothing that is cached was lost.'
      notices.show({ about: 'worker', kind: 'warning', code, message })
    },
    onThreadsFailure({ code, message }, threads) {
      // Remembered too: whoever opens the page next does not wait in vain for threads that do not come.
      onThreads(threads)
      notices.show({
        about: 'threads',
        kind: 'warning',
        code,
        message: `The networks could not run on more threads, and go on with ${threads === 1 ? 'one' : threads}. ${message}`,
      })
    },
    onAnswered() {
      if (++framesSinceRestart === framesOfRecovery) notices.dismiss('worker')
    },
  }
}

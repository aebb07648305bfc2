import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { Engine, EngineBundle } from './engine.ts'
import { startEngineThread, type EngineThread } from './engine-thread.ts'

export interface ThreadedEngineOptions {
  readonly log: Logger
  readonly module?: URL
  /** Longest that one call may take before its thread is replaced. */
  readonly timeoutMs?: number
}

/** A busy machine may take its time to start a thread; that says nothing of how long a batch may take. */
const startTimeoutMs = 60_000
const firstPauseMs = 100
const longestPauseMs = 10_000

/**
 * An engine in a thread of its own, so that inference never blocks the event loop. A thread that crashes or hangs is
 * replaced, with all bundles loaded again; only the calls that it had are lost, and they say so (`worker-crashed`,
 * `edge-timeout`).
 */
export async function createThreadedEngine({
  log,
  module = new URL('./thread-main.ts', import.meta.url),
  timeoutMs = 30_000,
}: ThreadedEngineOptions): Promise<Engine> {
  const bundles = new Map<string, EngineBundle>()
  let isClosed = false
  let failuresInARow = 0
  let thread: EngineThread | undefined
  let pause: NodeJS.Timeout | undefined

  const start = async (): Promise<EngineThread> => {
    const started = await startEngineThread({ module, timeoutMs, startTimeoutMs })
    try {
      for (const bundle of bundles.values()) await started.call({ kind: 'load', bundle })
    } catch (thrown) {
      await started.close()
      throw thrown
    }
    if (isClosed) await started.close()
    else {
      thread = started
      void started.ended.then(replace)
    }
    return started
  }

  const replace = (reason: unknown): void => {
    thread = undefined
    if (isClosed) return
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failuresInARow++)
    log.error({ err: reason, pauseMs }, 'the inference thread is gone; another is started')
    pause = setTimeout(() => void start().catch(replace), pauseMs)
  }

  const current = (): EngineThread => {
    if (thread !== undefined) return thread
    throw new CacheNetError('worker-crashed', 'Inference is being started again. Send the frame once more in a moment.')
  }

  const { engineName } = await start()

  return {
    name: engineName,
    get isReady() {
      return thread !== undefined
    },
    async load(bundle) {
      await current().call({ kind: 'load', bundle })
      bundles.set(bundle.id, bundle)
    },
    async run(batch) {
      const reply = await current().call({ kind: 'run', batch })
      if (reply.kind !== 'ran') throw new CacheNetError('engine-failed', 'The inference thread answered another call than was made.')
      failuresInARow = 0
      return reply.output
    },
    async close() {
      isClosed = true
      clearTimeout(pause)
      await thread?.close()
    },
  }
}

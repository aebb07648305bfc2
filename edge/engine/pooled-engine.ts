import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { Piscina } from 'piscina'
import { CacheNetError } from '../../core/wire/errors.ts'
import { unknownBundle } from './batch-fit.ts'
import type { EngineChoice } from './create-engine.ts'
import type { Engine, EngineBundle } from './engine.ts'
import type { EngineTask, EngineTaskReply } from './engine-task.ts'
import { sharedBundle } from './shared-bundle.ts'

export interface PooledEngineOptions {
  readonly log: Logger
  readonly choice: EngineChoice
  /** Threads of the pool: batches that run side by side. */
  readonly slots?: number
  /** Module that the threads run. */
  readonly module?: URL
  /** Longest that one batch may take before its thread is ended: it blocks everything behind it. */
  readonly timeoutMs?: number
}

/** A busy machine may take its time to start a thread and load weights; that says nothing of how long a batch may take. */
const loadTimeoutMs = 60_000
const firstPauseMs = 100
const longestPauseMs = 10_000

const crashed = (cause: unknown): CacheNetError =>
  new CacheNetError('worker-crashed', 'An inference thread ended. Send the frame once more in a moment.', {}, { cause })

/**
 * An engine on a pool of threads, so that inference never blocks the event loop. A thread that crashes or hangs is replaced,
 * with all bundles loaded again; only the batch that it had is lost, and it says so (`worker-crashed`, `edge-timeout`).
 */
export async function createPooledEngine(options: PooledEngineOptions): Promise<Engine> {
  const { log, choice, slots = 1, module = new URL('./pool-thread.ts', import.meta.url), timeoutMs = 30_000 } = options
  const bundles = new Map<string, EngineBundle>()
  let isClosed = false
  let failuresInARow = 0
  /** Threads that ended and whose successors are not known to work yet. */
  let missing = 0
  let pool = createPool()

  function createPool(): Piscina<EngineTask, EngineTaskReply> {
    const created = new Piscina<EngineTask, EngineTaskReply>({
      filename: fileURLToPath(new URL('./start-worker.js', import.meta.url)),
      minThreads: slots,
      maxThreads: slots,
      workerData: { module: module.href, choice },
      // Its own flags only: those of the parent (a test runner's, a debugger's) are not for an inference thread.
      execArgv: [],
      // A thread that waits by blocking would hold up what the runtimes still have to do between two batches.
      atomics: 'disabled',
    })
    created.on('error', (thrown: unknown) => log.error({ err: thrown }, 'an inference thread failed between two batches'))
    return created
  }

  const call = async (task: EngineTask, limitMs: number, transferList: ArrayBuffer[] = []): Promise<EngineTaskReply> => {
    const limit = AbortSignal.timeout(limitMs)
    let reply: EngineTaskReply
    try {
      reply = await pool.run(task, { signal: limit, transferList })
    } catch (cause) {
      if (limit.aborted) throw new CacheNetError('edge-timeout', 'Inference took too long and was ended. Send the frame again.', { limitMs })
      throw crashed(cause)
    }
    if (reply.kind === 'failed') throw CacheNetError.fromBody(reply.body, 'engine-failed')
    return reply
  }

  const startAgain = async (): Promise<void> => {
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failuresInARow++)
    log.error({ pauseMs }, 'an inference thread is gone; another is started')
    await new Promise((resolve) => setTimeout(resolve, pauseMs).unref())
    if (isClosed) return
    try {
      // The pool replaces a thread by itself, but gives up where one fails while it starts.
      if (pool.threads.length === 0) {
        const broken = pool
        pool = createPool()
        await broken.destroy()
      }
      await call({ kind: 'load', bundles: [...bundles.values()] }, loadTimeoutMs)
      missing--
    } catch (thrown) {
      log.error({ err: thrown }, 'an inference thread could not be started again')
      await startAgain()
    }
  }

  /** What a batch that ended its thread leaves behind is cleared up in the background. */
  const lose = (thrown: unknown): never => {
    const { code } = CacheNetError.from(thrown)
    if (code === 'worker-crashed' || code === 'edge-timeout') {
      missing++
      void startAgain()
    }
    throw thrown
  }

  /** On every thread, as far as they are idle; one that is busy loads the bundle with the first batch that needs it. */
  const loadEverywhere = (loading: readonly EngineBundle[]): Promise<unknown> =>
    Promise.all(Array.from({ length: slots }, () => call({ kind: 'load', bundles: loading }, loadTimeoutMs)))

  const close = async (): Promise<void> => {
    isClosed = true
    await pool.destroy()
  }

  try {
    await loadEverywhere([])
  } catch (thrown) {
    await close()
    throw thrown
  }

  return {
    name: choice.kind,
    slots,
    canShare: slots > 1 && (choice.aloneThreads ?? choice.threads) > choice.threads,
    get isReady() {
      return !isClosed && missing < slots
    },
    async load(bundle) {
      // Under a name of its own for each load: a thread knows what it has by name.
      const loading = sharedBundle({ ...bundle, id: `${bundle.id}#${nextLoad++}` })
      await loadEverywhere([loading])
      bundles.set(bundle.id, loading)
    },
    async run(batch) {
      const bundle = bundles.get(batch.bundleId)
      if (bundle === undefined) throw unknownBundle(batch.bundleId)
      if (missing >= slots) throw crashed(undefined)
      const live = Array.from(bundles.values(), ({ id }) => id)
      const task: EngineTask = { kind: 'run', batch: { ...batch, bundleId: bundle.id }, bundle, live }
      const reply = await call(task, timeoutMs, [batch.frames.buffer]).catch(lose)
      if (reply.kind !== 'ran') throw new CacheNetError('engine-failed', 'An inference thread answered another call than was made.')
      failuresInARow = 0
      return reply.output
    },
    unload(bundleId) {
      bundles.delete(bundleId)
      return Promise.resolve()
    },
    close,
  }
}

let nextLoad = 1

import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import { unknownBundle } from './batch-fit.ts'
import type { EngineChoice } from './create-engine.ts'
import { startEngineProcess, type EngineProcess } from './engine-process.ts'
import type { EngineTask, EngineTaskReply } from './engine-task.ts'
import type { Engine, EngineBundle, LoadHints } from './engine.ts'
import { haveSameNetworks } from './same-networks.ts'
import { createSeatQueue, type Seat } from './seat-queue.ts'

export interface PooledEngineOptions {
  readonly log: Logger
  readonly choice: EngineChoice
  /** Processes of the pool: batches that run side by side. */
  readonly slots?: number
  /** Module that the processes run. */
  readonly module?: URL
  /** Longest that one batch may take before its process is ended: it blocks everything behind it. */
  readonly timeoutMs?: number
  /** Longest that a bundle may take to be loaded and tried. */
  readonly loadTimeoutMs?: number
}

interface LoadedBundle {
  readonly bundle: EngineBundle
  readonly hints: LoadHints
}

/**
 * A start is no request: on a machine with much other work it takes minutes, and an edge that is late is
 * better than none.
 */
const startLimitMs = 180_000
const firstPauseMs = 100
const longestPauseMs = 10_000

const crashed = (): CacheNetError =>
  new CacheNetError('worker-crashed', 'An inference process ended. Send the frame once more in a moment.')

/** Whether a failure took the process along. */
const endsProcess = (thrown: unknown): boolean =>
  ['worker-crashed', 'edge-timeout'].includes(CacheNetError.from(thrown).code)

/**
 * An engine on a pool of processes, so that inference never blocks the event loop, and native code that hangs
 * or aborts takes one batch along and nothing else: a process can be ended from outside, a thread inside of
 * native code cannot. One that ended is replaced, with all bundles loaded again; the batch that it had says
 * so (`worker-crashed`, `edge-timeout`).
 *
 * A version whose networks are loaded already is served by them: no frame waits for it.
 *
 * A bundle that is loaded while others are served is loaded and tried in a process apart first, so that one
 * that never ends loading, or ends the process, costs no frame of the others.
 */
export async function createPooledEngine(options: PooledEngineOptions): Promise<Engine> {
  const {
    log,
    choice,
    slots = 1,
    module = new URL('./engine-handler.ts', import.meta.url),
    timeoutMs = 15_000,
    loadTimeoutMs = 60_000,
  } = options
  const bundles = new Map<string, LoadedBundle>()
  const queue = createSeatQueue(slots)
  let isClosed = false
  let hasServed = false
  let failuresInARow = 0
  let nextLoad = 1

  const start = (isInBackground = false): Promise<EngineProcess> =>
    startEngineProcess({ module, choice, startLimitMs, isInBackground })

  const loadInto = async (process: EngineProcess, { bundle, hints }: LoadedBundle): Promise<LoadHints> => {
    const reply = await process.call({ kind: 'load', bundle, hints }, loadTimeoutMs)
    return reply.kind === 'loaded' ? reply.hints : hints
  }

  /** Puts a process on a seat, with all bundles. */
  const occupy = async (seat: Seat): Promise<void> => {
    const process = await start()
    try {
      if (isClosed) throw crashed()
      for (const loaded of bundles.values()) {
        await loadInto(process, loaded)
        seat.loaded.add(loaded.bundle.id)
      }
    } catch (thrown) {
      await process.kill()
      throw thrown
    }
    seat.process = process
    void process.gone.then(() => {
      if (seat.process !== process) return
      seat.process = undefined
      seat.loaded.clear()
      queue.changed()
      if (!isClosed) void occupyAgain(seat)
    })
    queue.changed()
  }

  const occupyAgain = async (seat: Seat): Promise<void> => {
    for (;;) {
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failuresInARow++)
      log.error({ pauseMs }, 'an inference process is gone; another is started')
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref())
      if (isClosed) return
      try {
        await occupy(seat)
        return
      } catch (thrown) {
        log.error({ err: thrown }, 'an inference process could not be started again')
      }
    }
  }

  /** Loads what a seat lacks, and does the task. */
  const perform = async (seat: Seat, loaded: LoadedBundle, task: EngineTask): Promise<EngineTaskReply> => {
    const { process } = seat
    if (process === undefined) throw crashed()
    if (!seat.loaded.has(loaded.bundle.id)) {
      await loadInto(process, loaded)
      seat.loaded.add(loaded.bundle.id)
    }
    return process.call(task, timeoutMs)
  }

  /**
   * Loads and tries a bundle. Throws `engine-failed` where that ends the process, or does not come to an end.
   */
  const tryOn = async (process: EngineProcess, loaded: LoadedBundle): Promise<LoadHints> => {
    try {
      return await loadInto(process, loaded)
    } catch (thrown) {
      if (!endsProcess(thrown)) throw thrown
      const { details } = CacheNetError.from(thrown)
      throw new CacheNetError(
        'engine-failed',
        'The engine did not survive loading this bundle, or did not come to an end. Train it again with smaller networks.',
        details,
        { cause: thrown },
      )
    }
  }

  /** Where it can harm nobody. */
  const tryApart = async (bundle: EngineBundle): Promise<LoadHints> => {
    const apart = await start(true)
    try {
      return await tryOn(apart, { bundle, hints: {} })
    } finally {
      await apart.kill()
    }
  }

  const isReady = (): boolean => !isClosed && queue.seats.some(({ process }) => process?.isAlive === true)

  const close = async (): Promise<void> => {
    isClosed = true
    queue.close(crashed())
    await Promise.all(queue.seats.map(({ process }) => process?.kill() ?? Promise.resolve()))
  }

  try {
    await Promise.all(queue.seats.map(occupy))
  } catch (thrown) {
    await close()
    throw thrown
  }

  return {
    name: choice.kind,
    slots,
    canShare: slots > 1 && (choice.aloneThreads ?? choice.threads) > choice.threads,
    get isReady() {
      return isReady()
    },
    async load(given) {
      const same = [...bundles.values()].find(({ bundle }) => haveSameNetworks(bundle, given))
      if (same !== undefined) {
        bundles.set(given.id, same)
        return same.hints
      }
      // Under a name of its own for each load: a process knows what it has by name.
      const bundle = { ...given, id: `${given.id}#${nextLoad++}` }
      const isApart = hasServed || !isReady()
      let loaded: LoadedBundle = { bundle, hints: isApart ? await tryApart(bundle) : {} }
      // One after the other, so that the others go on answering.
      for (const seat of queue.seats) {
        await queue.use(seat, async () => {
          // One that is being replaced loads it with the first batch.
          if (seat.process === undefined) return
          loaded = { bundle, hints: await tryOn(seat.process, loaded) }
          seat.loaded.add(bundle.id)
        })
      }
      bundles.set(given.id, loaded)
      return loaded.hints
    },
    async run(batch) {
      const loaded = bundles.get(batch.bundleId)
      if (loaded === undefined) throw unknownBundle(batch.bundleId)
      hasServed = true
      return queue.use(undefined, async (seat) => {
        const live = Array.from(bundles.values(), ({ bundle }) => bundle.id)
        for (const id of seat.loaded)
          if (!live.includes(id) && id !== loaded.bundle.id) seat.loaded.delete(id)
        const task: EngineTask = {
          kind: 'run',
          batch: { ...batch, bundleId: loaded.bundle.id },
          live: [...live, loaded.bundle.id],
        }
        const reply = await perform(seat, loaded, task)
        if (reply.kind !== 'ran')
          throw new CacheNetError(
            'engine-failed',
            'An inference process answered another call than was made.',
          )
        failuresInARow = 0
        return reply.output
      })
    },
    unload(bundleId) {
      bundles.delete(bundleId)
      return Promise.resolve()
    },
    close,
  }
}

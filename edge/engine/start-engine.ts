import { availableParallelism } from 'node:os'
import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import { installedEngines, type EngineChoice, type EngineKind } from './create-engine.ts'
import type { Engine } from './engine.ts'
import { createPooledEngine } from './pooled-engine.ts'

/** `auto` takes the fastest that is installed and starts. */
export type EngineWish = EngineKind | 'auto'

export interface StartEngineOptions {
  readonly log: Logger
  readonly wish?: EngineWish | undefined
  /** Threads for inference in all; as many as there are cores where none is given. */
  readonly threads?: number | undefined
}

/** Each has its own copy of the runtime's state and of the weights. */
const mostSlots = 4
/** Beyond this, threads that share a batch wait for one another more than they help. */
const mostThreadsPerBatch = 4

/**
 * While many frames wait, batches run side by side, each on as few threads as possible: threads that share
 * one wait for one another at every layer. What runs alone has them all.
 */
function share(kind: EngineKind, threads: number): { slots: number; choice: EngineChoice } {
  const slots = Math.min(threads, mostSlots)
  if (kind === 'tfjs-wasm') return { slots, choice: { kind, threads: 1 } }
  return {
    slots,
    choice: {
      kind,
      threads: Math.min(Math.floor(threads / slots), mostThreadsPerBatch),
      aloneThreads: Math.min(threads, mostThreadsPerBatch),
    },
  }
}

/**
 * Starts the engine that was wished for, in threads of its own. Throws `engine-failed` where there is none
 * such.
 */
export async function startEngine({
  log,
  wish = 'auto',
  threads = availableParallelism(),
}: StartEngineOptions): Promise<Engine> {
  const installed = installedEngines()
  const candidates = wish === 'auto' ? installed : installed.filter((kind) => kind === wish)
  let reason: unknown
  for (const kind of candidates) {
    const { slots, choice } = share(kind, threads)
    try {
      const engine = await createPooledEngine({ log, choice, slots })
      log.info(
        { engine: kind, slots, threadsPerBatch: choice.threads, wish },
        `frames are answered by ${kind}`,
      )
      return engine
    } catch (thrown) {
      reason = thrown
      log.warn({ engine: kind, err: thrown }, `the engine ${kind} does not start on this machine`)
    }
  }
  const message = `The engine ${wish} is not installed or does not start here; installed are: ${installed.join(', ')}. Leave --engine out for the fastest that works.`
  throw new CacheNetError('engine-failed', message, { wish, installed }, { cause: reason })
}

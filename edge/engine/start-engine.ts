import { availableParallelism } from 'node:os'
import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import { installedEngines, type EngineKind } from './create-engine.ts'
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

/** Beyond this, threads that share a batch wait for one another more than they help: further ones run a batch of their own. */
const mostThreadsPerBatch = 4
/** A thread of tfjs WASM has its own copy of runtime and weights. */
const mostWasmThreads = 4

function share(kind: EngineKind, threads: number): { slots: number; threads: number } {
  if (kind === 'tfjs-wasm') return { slots: Math.min(threads, mostWasmThreads), threads: 1 }
  const slots = Math.ceil(threads / mostThreadsPerBatch)
  return { slots, threads: Math.max(1, Math.floor(threads / slots)) }
}

/** Starts the engine that was wished for, in threads of its own. Throws `engine-failed` where there is none such. */
export async function startEngine({ log, wish = 'auto', threads = availableParallelism() }: StartEngineOptions): Promise<Engine> {
  const installed = installedEngines()
  const candidates = wish === 'auto' ? installed : installed.filter((kind) => kind === wish)
  let reason: unknown
  for (const kind of candidates) {
    const { slots, threads: threadsPerBatch } = share(kind, threads)
    try {
      const engine = await createPooledEngine({ log, choice: { kind, threads: threadsPerBatch }, slots })
      log.info({ engine: kind, slots, threadsPerBatch, wish }, `frames are answered by ${kind}`)
      return engine
    } catch (thrown) {
      reason = thrown
      log.warn({ engine: kind, err: thrown }, `the engine ${kind} does not start on this machine`)
    }
  }
  const message = `The engine ${wish} is not installed or does not start here; installed are: ${installed.join(', ')}. Leave --engine out for the fastest that works.`
  throw new CacheNetError('engine-failed', message, { wish, installed }, { cause: reason })
}

import { CacheNetError } from '../../core/wire/errors.ts'
import type { Engine, EngineOutput } from '../engine/engine.ts'
import { defaultSettings } from '../settings/settings-schema.ts'
import { createFrameQueue, type FrameQueueLimits, type QueuedFrame } from './frame-queue.ts'
import type { Inference } from './inference.ts'

export interface BatcherOptions extends Partial<FrameQueueLimits> {
  /** Most frames that run as one batch. */
  readonly maxBatch?: number
  /** Most frames of a bundle that run as one batch, where that is fewer. */
  readonly framesPerBatch?: ((bundleKey: string) => number) | undefined
  /** Longest that a frame waits for company while the engine has nothing to do. */
  readonly windowMs?: number
  /** Longest that a frame waits for its answer. */
  readonly timeoutMs?: number
}

/** Frames of one bundle side by side, for one pass of the engine. */
function stack(frames: readonly QueuedFrame[]): Float32Array<ArrayBuffer> {
  const stacked = new Float32Array(frames.reduce((sum, { frame }) => sum + frame.length, 0))
  let offset = 0
  for (const { frame } of frames) {
    stacked.set(frame, offset)
    offset += frame.length
  }
  return stacked
}

function row(values: Float32Array, index: number, count: number): Float32Array {
  const width = values.length / count
  return values.subarray(index * width, (index + 1) * width)
}

function deliver(batch: readonly QueuedFrame[], output: EngineOutput, startedAt: number): void {
  for (const [index, { resolve, arrivedAt }] of batch.entries()) {
    resolve({
      logits: row(output.logits, index, batch.length),
      codeLogits: row(output.codeLogits, index, batch.length),
      queueMs: startedAt - arrivedAt,
      inferenceMs: output.inferenceMs,
      batchSize: batch.length,
    })
  }
}

/**
 * Puts a bounded queue in front of an engine. Frames that arrive within a small window, or while a batch is
 * running, run as one batch. A frame that is alone is shared by all threads, where the engine can; several
 * are dealt out to the slots, each of which has one batch at a time: threads that share a batch wait for one
 * another, and under load that is time that other frames need.
 */
export function createBatcher(engine: Engine, options: BatcherOptions = {}): Inference {
  const {
    maxBatch = 32,
    maxQueued = defaultSettings['max-queued'],
    maxAudits = 32,
    windowMs = defaultSettings['batch-window-ms'],
    timeoutMs = 10_000,
    framesPerBatch = () => maxBatch,
  } = options
  const queue = createFrameQueue({ maxQueued, maxAudits })
  let running = 0
  /** The batch that runs has all threads. */
  let isShared = false
  let lastBatchAt = performance.now()
  let window: NodeJS.Timeout | NodeJS.Immediate | undefined

  const runBatch = async (batch: readonly QueuedFrame[], isAlone: boolean): Promise<void> => {
    const startedAt = performance.now()
    try {
      const bundleId = batch[0]?.bundleKey ?? ''
      const output = await engine.run({ bundleId, frames: stack(batch), count: batch.length, isAlone })
      lastBatchAt = performance.now()
      deliver(batch, output, startedAt)
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown)
    }
  }

  const hasRoom = (): boolean => !isShared && running < engine.slots

  const fillSlots = (): void => {
    window = undefined
    while (hasRoom() && queue.size > 0) {
      isShared = engine.canShare && running === 0 && queue.size === 1
      const share =
        isShared || queue.size >= maxBatch ? maxBatch : Math.ceil(queue.size / (engine.slots - running))
      running++
      void runBatch(
        queue.takeBatch((bundleKey) => Math.min(share, framesPerBatch(bundleKey))),
        isShared,
      ).finally(() => {
        running--
        isShared = false
        // Whatever came meanwhile has waited already.
        fillSlots()
      })
    }
  }

  const wake = (): void => {
    if (!hasRoom()) return
    if (window !== undefined && queue.size < maxBatch) return
    // At the least after the events at hand, so that frames that arrived in the same turn are one batch.
    if (queue.size >= maxBatch) fillSlots()
    else window = windowMs > 0 ? setTimeout(fillSlots, windowMs) : setImmediate(fillSlots)
  }

  return {
    engineName: engine.name,
    get isReady() {
      return engine.isReady
    },
    get lastBatchAt() {
      return lastBatchAt
    },
    get queued() {
      return queue.queued
    },
    answer(signal, bundleKey, frame, priority = 'miss') {
      return new Promise((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', onAbort)
        }
        const leave = (reason: CacheNetError): void => {
          queue.remove(entry)
          entry.reject(reason)
        }
        const onAbort = (): void => leave(new CacheNetError('aborted', 'The sender of the frame went away.'))
        const onTimeout = (): void =>
          leave(
            new CacheNetError(
              'edge-timeout',
              'The frame waited too long for its turn. Send it again, or fewer at once.',
            ),
          )
        const entry: QueuedFrame = {
          bundleKey,
          frame,
          arrivedAt: performance.now(),
          resolve: (answer) => {
            finish()
            resolve(answer)
          },
          reject: (reason) => {
            finish()
            reject(reason instanceof Error ? reason : new CacheNetError('internal', String(reason)))
          },
        }
        const timer = setTimeout(onTimeout, timeoutMs)
        if (signal.aborted) {
          onAbort()
          return
        }
        signal.addEventListener('abort', onAbort, { once: true })
        try {
          queue.push(entry, priority)
        } catch (refused) {
          entry.reject(refused)
          return
        }
        wake()
      })
    },
  }
}

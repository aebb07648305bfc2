import { CacheNetError } from '../../core/wire/errors.ts'
import type { Engine, EngineOutput } from '../engine/engine.ts'
import type { FrameInference, Inference } from './inference.ts'

export interface BatcherOptions {
  /** Most frames that run as one batch. */
  readonly maxBatch?: number
  /** Most frames that wait; one more is refused at once, which is kinder than an answer that comes too late. */
  readonly maxQueued?: number
  /** Longest that a frame waits for its answer. */
  readonly timeoutMs?: number
}

interface QueuedFrame {
  readonly bundleId: string
  readonly frame: Float32Array<ArrayBuffer>
  readonly arrivedAt: number
  readonly resolve: (answer: FrameInference) => void
  readonly reject: (reason: unknown) => void
}

function refusal(signal: AbortSignal): CacheNetError {
  const reason: unknown = signal.reason
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? new CacheNetError('edge-timeout', 'The frame waited too long for its turn. Send it again, or fewer at once.')
    : new CacheNetError('aborted', 'The sender of the frame went away.')
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

/**
 * Puts a bounded queue in front of an engine. Frames that arrive together, or while a batch is running, run as one batch.
 * Nothing waits for company: a frame that is alone runs alone.
 */
export function createBatcher(engine: Engine, { maxBatch = 32, maxQueued = 128, timeoutMs = 10_000 }: BatcherOptions = {}): Inference {
  const queue: QueuedFrame[] = []
  let isRunning = false

  /** The oldest frame and those of its bundle behind it. */
  const takeBatch = (): QueuedFrame[] => {
    const bundleId = queue[0]?.bundleId
    const batch = queue.filter((entry) => entry.bundleId === bundleId).slice(0, maxBatch)
    for (const entry of batch) queue.splice(queue.indexOf(entry), 1)
    return batch
  }

  const deliver = (batch: readonly QueuedFrame[], output: EngineOutput, startedAt: number): void => {
    for (const [index, { resolve, arrivedAt }] of batch.entries()) {
      resolve({
        logits: row(output.logits, index, batch.length),
        codeLogits: row(output.codeLogits, index, batch.length),
        queueMs: startedAt - arrivedAt,
        inferenceMs: output.inferenceMs,
      })
    }
  }

  const runBatch = async (batch: readonly QueuedFrame[]): Promise<void> => {
    const startedAt = performance.now()
    try {
      const bundleId = batch[0]?.bundleId ?? ''
      deliver(batch, await engine.run({ bundleId, frames: stack(batch), count: batch.length }), startedAt)
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown)
    }
  }

  const drain = async (): Promise<void> => {
    for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) await runBatch(batch)
    isRunning = false
  }

  const wake = (): void => {
    if (isRunning) return
    isRunning = true
    // After the events at hand, so that frames that arrived in the same turn are one batch from the first.
    setImmediate(() => void drain())
  }

  return {
    engineName: engine.name,
    get isReady() {
      return engine.isReady
    },
    answer(signal, bundleId, frame) {
      if (queue.length >= maxQueued) {
        const error = new CacheNetError('edge-overloaded', 'More frames arrive than the edge can answer. Send this one again in a second.', { maxQueued })
        return Promise.reject(error)
      }
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      return new Promise((resolve, reject) => {
        const entry: QueuedFrame = { bundleId, frame, arrivedAt: performance.now(), resolve, reject }
        const leave = (): void => {
          const place = queue.indexOf(entry)
          if (place >= 0) queue.splice(place, 1)
          reject(refusal(limit))
        }
        if (limit.aborted) {
          leave()
          return
        }
        limit.addEventListener('abort', leave, { once: true })
        queue.push(entry)
        wake()
      })
    },
  }
}

import type { Worker } from 'node:worker_threads'
import { CacheNetError } from '../../core/wire/errors.ts'
import { parameterLayout } from '../models/architecture.ts'
import { diverged, isFiniteState } from './diverged.ts'
import {
  controlWords,
  sumFields,
  type StepReport,
  type TrainingJob,
  type TrainingState,
  type WorkerMessage,
  type WorkerSetup,
} from './job.ts'
import { startThread } from './start-thread.ts'

/** A fresh state around initial parameters. */
export function createState(initial: Float32Array): TrainingState {
  const shared = (): Float32Array<SharedArrayBuffer> =>
    new Float32Array(new SharedArrayBuffer(initial.byteLength))
  const state = { vector: shared(), momentum: shared(), average: shared() }
  state.vector.set(initial)
  state.average.set(initial)
  return state
}

export interface RunOptions {
  readonly workers: number
  readonly firstStep: number
  readonly checkpointSeconds: number
  readonly onStep: (report: StepReport) => void
  /** Writes the state away; the threads wait for it. */
  readonly onCheckpoint: (step: number) => Promise<void>
  /**
   * Early stopping: every so many steps, and behind the last, the threads wait for `isEnough`; true ends the
   * training.
   */
  readonly check?: { readonly every: number; readonly isEnough: (step: number) => boolean } | undefined
}

/**
 * Trains one network on several threads, each computing gradients on its share of every batch; `state` is
 * changed in place. The result depends on the count of threads and the seed, never on their timing. Aborting
 * writes a checkpoint first. Throws `training-diverged` where loss or weights are no finite numbers any more:
 * those are never given to `onCheckpoint`.
 */
export async function runTraining(
  signal: AbortSignal,
  job: TrainingJob,
  state: TrainingState,
  options: RunOptions,
): Promise<{ isStopped: boolean }> {
  const { workers: ranks, firstStep, checkpointSeconds, onStep, onCheckpoint, check } = options
  const control = new Int32Array(new SharedArrayBuffer(controlWords.count * 4))
  const { size } = parameterLayout(job.architecture)
  const gradients = Array.from({ length: ranks }, () => new Float32Array(new SharedArrayBuffer(size * 4)))
  const sums = new Float64Array(
    new SharedArrayBuffer(ranks * sumFields.count * Float64Array.BYTES_PER_ELEMENT),
  )
  const askToStop = (): void => void Atomics.store(control, controlWords.stopRequested, 1)
  if (signal.aborted) askToStop()
  signal.addEventListener('abort', askToStop)

  const threads: Worker[] = []
  try {
    return await new Promise<{ isStopped: boolean }>((resolve, reject) => {
      let lastGood = firstStep
      const fail = (error: unknown): void => reject(CacheNetError.from(error, 'engine-failed'))
      const failDiverged = (step: number, terms: readonly string[]): void =>
        fail(diverged({ name: job.name, step, terms, lastGood }))
      const write = async (step: number): Promise<void> => {
        if (!isFiniteState(state)) throw diverged({ name: job.name, step, terms: ['weights'], lastGood })
        await onCheckpoint(step)
        lastGood = step
      }
      const count = (counter: number): void => {
        Atomics.add(control, counter, 1)
        Atomics.notify(control, counter)
      }
      const receive = (message: WorkerMessage): void => {
        switch (message.kind) {
          case 'step':
            onStep(message.report)
            return
          case 'checkpoint':
            write(message.step).then(() => count(controlWords.checkpointsWritten), fail)
            return
          case 'check':
            try {
              if (check?.isEnough(message.step) === true) Atomics.store(control, controlWords.isEnough, 1)
              count(controlWords.checksDone)
            } catch (thrown) {
              fail(thrown)
            }
            return
          case 'diverged':
            failDiverged(message.step, message.terms)
            return
          case 'done':
            if (isFiniteState(state)) resolve({ isStopped: message.isStopped })
            else failDiverged(message.step, ['weights'])
            return
          default:
            return message satisfies never
        }
      }
      for (let rank = 0; rank < ranks; rank++) {
        const setup: WorkerSetup = {
          rank,
          ranks,
          job,
          state,
          control,
          gradients,
          sums,
          firstStep,
          checkpointSeconds,
          checkEvery: check?.every,
        }
        const thread = startThread(new URL('./worker.ts', import.meta.url), { workerData: setup })
        thread.on('message', receive)
        thread.on('error', fail)
        thread.on('exit', (code) => {
          if (code !== 0) fail(new Error(`Training thread ${rank} ended with code ${code}.`))
        })
        threads.push(thread)
      }
    })
  } finally {
    signal.removeEventListener('abort', askToStop)
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

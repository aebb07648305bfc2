import type { Architecture } from '../../train/models/architecture.ts'
import { runTraining } from '../../train/parallel/pool.ts'
import { spreadOf } from '../harness/spread.ts'
import { noiseJob } from './job.ts'

const measuredSteps = 6
/** Not measured: threads start, kernels are compiled. */
const warmUpSteps = 3
/** As many as CIFAR-10 has: their memory counts. */
const images = 50_000

/** A real run on so many threads, batch 256: the median time on the wall of its steps, in milliseconds. */
export async function timeStep(architecture: Architecture, workers: number): Promise<number> {
  const { job, state } = noiseJob(architecture, {
    images,
    batchSize: 256,
    steps: warmUpSteps + measuredSteps,
  })
  const ends: number[] = []
  await runTraining(new AbortController().signal, job, state, {
    workers,
    firstStep: 0,
    checkpointSeconds: 3600,
    onStep: () => void ends.push(performance.now()),
    onCheckpoint: () => Promise.resolve(),
  })
  const measured = ends.slice(warmUpSteps - 1)
  return spreadOf(measured.slice(1).map((end, index) => end - (measured[index] ?? NaN))).median
}

import type { Architecture } from '../../train/models/architecture.ts'
import { runTraining } from '../../train/parallel/pool.ts'
import { noiseJob } from './job.ts'

/** Of each run, behind steps that warm up. */
const measuredSteps = 6
const warmUpSteps = 2
/** As many as CIFAR-10 has: their memory counts. */
const images = 50_000

/** Milliseconds of each measured step of a real run on so many threads, batch 256. */
export async function timeSteps(architecture: Architecture, workers: number): Promise<number[]> {
  const steps = warmUpSteps + measuredSteps
  const { job, state } = noiseJob(architecture, { images, batchSize: 256, steps })
  const ends: number[] = []
  await runTraining(new AbortController().signal, job, state, {
    workers,
    firstStep: 0,
    checkpointSeconds: 3600,
    onStep: () => void ends.push(performance.now()),
    onCheckpoint: () => Promise.resolve(),
  })
  return ends.slice(warmUpSteps).map((end, index) => end - ends[warmUpSteps - 1 + index]!)
}

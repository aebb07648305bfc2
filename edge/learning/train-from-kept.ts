import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { KeptFrames } from './kept-frames.ts'
import type { Publishing } from './publish-version.ts'
import { runTrainer } from './run-trainer.ts'

/** What a place may learn from, and how much of it is of other places. */
const [mostFrames, mostElsewhere] = [3000, 400]

interface KeptToLearn {
  readonly place: string
  readonly frames: KeptFrames
  readonly bundleId: string
  readonly publishing: Publishing
  /** Folder for what is on its way. */
  readonly folder: string
  readonly trainer: string
  readonly trainLimitMs: number
}

/** Trains a place from the latest of its frames, with some of all others as something else (`runTrainer`). */
export function trainFromKept(
  signal: AbortSignal,
  { place, frames, bundleId, publishing, folder, trainer, trainLimitMs }: KeptToLearn,
): ReturnType<typeof runTrainer> {
  const others = frames.places.filter((other) => other !== place).flatMap((other) => frames.pathsOf(other))
  const step = Math.max(1, Math.ceil(others.length / mostElsewhere))
  return runTrainer(
    signal,
    {
      bundle: join(publishing.bundlesFolder, bundleId),
      place,
      frames: frames.pathsOf(place).slice(-mostFrames),
      elsewhere: others.filter((_, at) => at % step === 0),
    },
    {
      program: trainer,
      workFolder: folder,
      threads: Math.min(2, availableParallelism()),
      limitMs: trainLimitMs,
    },
  )
}

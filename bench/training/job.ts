import { createRandom } from '../../core/random.ts'
import { defaults } from '../../train/config/defaults.ts'
import { initialise, whiteningChannels, type Architecture } from '../../train/models/architecture.ts'
import type { TrainingJob, TrainingState } from '../../train/parallel/job.ts'
import { createState } from '../../train/parallel/pool.ts'

export interface JobSettings {
  readonly images: number
  readonly batchSize: number
  readonly steps: number
}

/**
 * A job on noise: as many images as asked for, and exactly so many steps. What the images show makes no
 * difference to the time.
 */
export function noiseJob(
  architecture: Architecture,
  { images: count, batchSize, steps }: JobSettings,
): { job: TrainingJob; state: TrainingState } {
  const random = createRandom(3)
  const { size, classes } = architecture
  const pixels = new Uint8Array(new SharedArrayBuffer(count * size * size * 3))
  for (let index = 0; index < pixels.length; index++) pixels[index] = (index * 2654435761) >>> 24
  const labels = new Int32Array(new SharedArrayBuffer(count * 4))
  for (let index = 0; index < count; index++) labels[index] = random.integer(classes)
  const members = new Int32Array(new SharedArrayBuffer(count * 4))
  for (let index = 0; index < count; index++) members[index] = index
  const whitening = Float32Array.from({ length: 12 * whiteningChannels }, () => random.normal() * 0.3)
  const job: TrainingJob = {
    name: 'noise',
    architecture,
    images: {
      input: { width: size, height: size, channels: 3, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
      pixels,
      labels,
    },
    members,
    outsiders: new Int32Array(new SharedArrayBuffer(0)),
    teacher: undefined,
    loss: defaults.full.loss,
    optimizer: {
      ...defaults.full.optimizer,
      batchSize,
      microBatchSize: 128,
      epochs: (steps - 0.5) / Math.floor(count / batchSize),
    },
    augment: { ...defaults.augment, cutoutPixels: defaults.full.cutoutPixels },
    seed: 1,
  }
  return { job, state: createState(initialise(architecture, whitening, random)) }
}

import { createRandom } from '../../core/random.ts'
import { defaults } from '../config/defaults.ts'
import { initialise, type PlainArchitecture } from '../models/architecture.ts'
import { whiteningFilters } from '../models/whitening.ts'
import type { TrainingJob, TrainingState } from '../parallel/job.ts'
import { createState } from '../parallel/pool.ts'

export const barsArchitecture: PlainArchitecture = { size: 16, widths: [4, 8, 8], classes: 3 }
const input = {
  width: 16,
  height: 16,
  channels: 3 as const,
  mean: [0.5, 0.5, 0.5] as [number, number, number],
  std: [0.25, 0.25, 0.25] as [number, number, number],
}

/** Three classes that differ by where a bright bar lies. */
export function barsJob(): TrainingJob {
  const random = createRandom(5)
  const count = 192
  const pixels = new Uint8Array(new SharedArrayBuffer(count * 16 * 16 * 3))
  const labels = new Int32Array(new SharedArrayBuffer(count * 4))
  const members = new Int32Array(new SharedArrayBuffer(count * 4))
  for (let image = 0; image < count; image++) {
    const label = image % 3
    labels[image] = label
    members[image] = image
    for (let index = 0; index < 768; index++) {
      const row = Math.floor(index / 48)
      pixels[image * 768 + index] = 90 + random.integer(60) + (Math.floor(row / 5) === label ? 90 : 0)
    }
  }
  return {
    name: 'bars',
    architecture: barsArchitecture,
    images: { input, pixels, labels },
    members,
    outsiders: new Int32Array(new SharedArrayBuffer(0)),
    teacher: undefined,
    loss: { ...defaults.full.loss, labelSmoothing: 0.05 },
    optimizer: { ...defaults.full.optimizer, epochs: 10, batchSize: 64, microBatchSize: 32, learningRate: 2 },
    augment: { ...defaults.augment, shiftPixels: 1, cutoutPixels: 3 },
    seed: 1,
  }
}

/** Where a run of `barsJob` starts. */
export const startOf = (job: TrainingJob): TrainingState => {
  const random = createRandom(7)
  return createState(initialise(job.architecture, whiteningFilters(job.images.pixels, input, random), random))
}

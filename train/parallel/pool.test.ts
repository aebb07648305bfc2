import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { defaults } from '../config/presets.ts'
import { initialise, type Architecture } from '../models/architecture.ts'
import { whiteningFilters } from '../models/whitening.ts'
import { totalSteps } from './batches.ts'
import type { StepReport, TrainingJob, TrainingState } from './job.ts'
import { createState, runTraining } from './pool.ts'

const architecture: Architecture = { size: 16, widths: [4, 8, 8], classes: 3 }
const input = { width: 16, height: 16, channels: 3 as const, mean: [0.5, 0.5, 0.5] as [number, number, number], std: [0.25, 0.25, 0.25] as [number, number, number] }

/** Three classes that differ by where a bright bar lies. */
function createJob(): TrainingJob {
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
    architecture,
    images: { input, pixels, labels },
    members,
    outsiders: new Int32Array(new SharedArrayBuffer(0)),
    teacher: undefined,
    loss: { ...defaults.full.loss, labelSmoothing: 0.05 },
    optimizer: { ...defaults.full.optimizer, epochs: 10, batchSize: 64, microBatchSize: 32, learningRate: 2 },
    augment: { mirror: true, shiftPixels: 1 },
    seed: 1,
  }
}

const start = (job: TrainingJob): TrainingState => {
  const random = createRandom(7)
  return createState(initialise(architecture, whiteningFilters(job.images.pixels, input, random), random))
}

async function train(job: TrainingJob, state: TrainingState, options: { firstStep?: number; stopAfter?: number } = {}): Promise<{ reports: StepReport[]; stoppedAt: number | undefined }> {
  const controller = new AbortController()
  const reports: StepReport[] = []
  let stoppedAt: number | undefined
  await runTraining(controller.signal, job, state, {
    workers: 2,
    firstStep: options.firstStep ?? 0,
    checkpointSeconds: 3600,
    onStep: (report) => {
      reports.push(report)
      if (report.step === options.stopAfter) controller.abort()
    },
    onCheckpoint: (step) => {
      stoppedAt = step
      return Promise.resolve()
    },
  })
  return { reports, stoppedAt }
}

describe('runTraining', () => {
  it('learns, and a run that is stopped and resumed ends with the same weights bit for bit', async () => {
    const job = createJob()
    const whole = start(job)
    const { reports } = await train(job, whole)
    expect(reports).toHaveLength(totalSteps(job))
    expect(reports.at(-1).accuracy).toBeGreaterThan(0.8)

    const parted = start(job)
    const { stoppedAt } = await train(job, parted, { stopAfter: 9 })
    expect(stoppedAt).toBeGreaterThanOrEqual(9)
    expect(stoppedAt).toBeLessThan(totalSteps(job))
    await train(job, parted, { firstStep: stoppedAt! })
    expect(Buffer.from(parted.vector.buffer).equals(Buffer.from(whole.vector.buffer))).toBe(true)
    expect(Buffer.from(parted.average.buffer).equals(Buffer.from(whole.average.buffer))).toBe(true)
  })

  it('fails, and does not hang, when a thread fails', async () => {
    const job = createJob()
    const broken: TrainingJob = { ...job, architecture: { ...architecture, classes: 0 } }
    await expect(train(broken, start(job))).rejects.toMatchObject({ code: 'engine-failed' })
  })
})

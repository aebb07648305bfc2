import { describe, expect, it } from 'vitest'
import { barsArchitecture, barsJob, startOf } from '../testing/bars-job.ts'
import { totalSteps } from './batches.ts'
import type { StepReport, TrainingJob, TrainingState } from './job.ts'
import { runTraining } from './pool.ts'

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
    const job = barsJob()
    const whole = startOf(job)
    const { reports } = await train(job, whole)
    expect(reports).toHaveLength(totalSteps(job))
    expect(reports.at(-1).accuracy).toBeGreaterThan(0.8)

    const parted = startOf(job)
    const { stoppedAt } = await train(job, parted, { stopAfter: 9 })
    expect(stoppedAt).toBeGreaterThanOrEqual(9)
    expect(stoppedAt).toBeLessThan(totalSteps(job))
    await train(job, parted, { firstStep: stoppedAt! })
    expect(Buffer.from(parted.vector.buffer).equals(Buffer.from(whole.vector.buffer))).toBe(true)
    expect(Buffer.from(parted.average.buffer).equals(Buffer.from(whole.average.buffer))).toBe(true)
  })

  it('fails, and does not hang, when a thread fails', async () => {
    const job = barsJob()
    const broken: TrainingJob = { ...job, architecture: { ...barsArchitecture, classes: 0 } }
    await expect(train(broken, startOf(job))).rejects.toMatchObject({ code: 'engine-failed' })
  })
})

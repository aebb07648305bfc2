import { describe, expect, it } from 'vitest'
import { barsArchitecture, barsJob, startOf } from '../testing/bars-job.ts'
import { totalSteps } from './batches.ts'
import type { StepReport, TrainingJob, TrainingState } from './job.ts'
import { runTraining } from './pool.ts'

async function train(
  job: TrainingJob,
  state: TrainingState,
  options: { firstStep?: number; stopAfter?: number } = {},
): Promise<{ reports: StepReport[]; stoppedAt: number | undefined }> {
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
  it.each([
    ['plain', barsArchitecture, 0.8],
    ['separable', { family: 'separable', size: 16, width: 0.5, depth: 1, classes: 3 }, 0.5],
  ] as const)(
    'learns, stopped and resumed with the same weights bit for bit: %s',
    async (_, architecture, least) => {
      const job: TrainingJob = { ...barsJob(), architecture }
      const whole = startOf(job)
      const { reports } = await train(job, whole)
      expect(reports).toHaveLength(totalSteps(job))
      // Of three. An average pool hides where a bar lies.
      expect(reports.at(-1)!.accuracy).toBeGreaterThan(least)

      const parted = startOf(job)
      const { stoppedAt } = await train(job, parted, { stopAfter: 9 })
      expect(stoppedAt).toBeGreaterThanOrEqual(9)
      expect(stoppedAt).toBeLessThan(totalSteps(job))
      await train(job, parted, { firstStep: stoppedAt! })
      expect(Buffer.from(parted.vector.buffer).equals(Buffer.from(whole.vector.buffer))).toBe(true)
      expect(Buffer.from(parted.average.buffer).equals(Buffer.from(whole.average.buffer))).toBe(true)
    },
  )

  it('asks now and then whether it is enough, and ends where it is', async () => {
    const job = barsJob()
    const state = startOf(job)
    const checked: number[] = []
    const reports: number[] = []
    const { isStopped } = await runTraining(new AbortController().signal, job, state, {
      workers: 2,
      firstStep: 0,
      checkpointSeconds: 3600,
      onStep: ({ step }) => reports.push(step),
      onCheckpoint: () => Promise.resolve(),
      check: {
        every: 4,
        isEnough: (step) => {
          checked.push(step)
          return step >= 12
        },
      },
    })
    expect([isStopped, checked, reports.at(-1)]).toEqual([false, [4, 8, 12], 12])
  })

  it('stops where the loss is no number any more, names step and term, and gives nothing spoilt to a checkpoint', async () => {
    const job = barsJob()
    const state = startOf(job)
    const checkpoints: { step: number; isWhole: boolean }[] = []
    const hot: TrainingJob = { ...job, optimizer: { ...job.optimizer, learningRate: 1e18 } }
    const training = runTraining(new AbortController().signal, hot, state, {
      workers: 2,
      firstStep: 0,
      checkpointSeconds: 0,
      onStep: ({ loss }) => expect(loss).toBeTypeOf('number'),
      onCheckpoint: (step) => {
        checkpoints.push({ step, isWhole: state.vector.every((value) => Number.isFinite(value)) })
        return Promise.resolve()
      },
    })
    const error = await training.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      code: 'training-diverged',
      details: { network: 'bars', terms: [expect.stringMatching(/labels|weights/) as string] },
    })
    const { step, lastGood } = (error as { details: { step: number; lastGood: number } }).details
    expect(checkpoints.every(({ isWhole }) => isWhole)).toBe(true)
    expect(lastGood).toBe(Math.max(0, ...checkpoints.map((checkpoint) => checkpoint.step)))
    expect(step).toBe(lastGood + 1)
  })

  it('fails, and does not hang, when a thread fails', async () => {
    const job = barsJob()
    const broken: TrainingJob = { ...job, architecture: { ...barsArchitecture, classes: 0 } }
    await expect(train(broken, startOf(job))).rejects.toMatchObject({ code: 'engine-failed' })
  })
})

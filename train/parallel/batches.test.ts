import { expect, it } from 'vitest'
import { barsJob } from '../testing/bars-job.ts'
import { stepsPerEpoch, totalSteps } from './batches.ts'
import type { TrainingJob } from './job.ts'

const withSteps = (epochs: number, leastSteps: number): TrainingJob => {
  const job = barsJob()
  return { ...job, optimizer: { ...job.optimizer, epochs, leastSteps } }
}

it('goes on for so many passes, and for as many steps at least as are asked for', () => {
  const perEpoch = stepsPerEpoch(barsJob())
  expect(totalSteps(withSteps(4, 0))).toBe(4 * perEpoch)
  expect(totalSteps(withSteps(4, 4 * perEpoch - 1))).toBe(4 * perEpoch)
  expect(totalSteps(withSteps(4, 4 * perEpoch + 1))).toBe(4 * perEpoch + 1)
})

import { expect, it } from 'vitest'
import { barsJob } from '../testing/bars-job.ts'
import { BatchSource, stepsPerEpoch, totalSteps } from './batches.ts'
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

it('shows images in ways that hang on seed and step alone, within what the settings allow', () => {
  const job = barsJob()
  const augment = {
    ...job.augment,
    rotationDegrees: 10,
    brightness: 0.2,
    contrast: 0,
    saturation: 0.5,
    mixup: 0.4,
  }
  const [one, other] = [new BatchSource({ ...job, augment }), new BatchSource({ ...job, augment })]
  one.at(3)
  const batch = one.at(5)
  expect(other.at(5)).toEqual(batch)
  expect(one.at(6).turns).not.toEqual(batch.turns)
  // What is added changes nothing of what was there before.
  const plain = new BatchSource(job).at(5)
  expect([plain.turns, plain.colours, plain.mix]).toEqual([undefined, undefined, undefined])
  expect([batch.members, batch.shifts, batch.cutouts]).toEqual([plain.members, plain.shifts, plain.cutouts])

  const within = (values: Iterable<number>, low: number, high: number): void => {
    const all = [...values]
    expect(Math.min(...all)).toBeGreaterThanOrEqual(low)
    expect(Math.max(...all)).toBeLessThanOrEqual(high)
  }
  within(batch.turns!, -0.1746, 0.1746)
  expect(Math.max(...batch.turns!)).toBeGreaterThan(0.1)
  const factors = (field: number): Float32Array => batch.colours!.filter((_, index) => index % 3 === field)
  within(factors(0), 0.8, 1.2)
  within(factors(1), 1, 1)
  within(factors(2), 0.5, 1.5)
  within(batch.mix!.shares, 0.5, 1)
  within(batch.mix!.others, 0, batch.members.length - 1)
  expect([...batch.mix!.others].every((position, index) => position !== index)).toBe(true)
})

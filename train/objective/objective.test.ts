import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { mutualInformation, regionCrossEntropy } from './code.ts'
import { infoVaeLoss, maximumMeanDiscrepancy } from './info-vae.ts'
import { partitionLoss } from './partition-loss.ts'

beforeAll(startTrainingBackend)

const random = createRandom(11)
const normal = (rows: number, columns: number, deviation = 1, mean = 0): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.normal() * deviation + mean),
    [rows, columns],
  )
const number = (scalar: tf.Tensor): number => scalar.dataSync()[0]!

describe('maximumMeanDiscrepancy', () => {
  it('is small for samples of the prior, and grows as they move away from it', () => {
    const prior = normal(200, 8)
    const [same, shifted, far] = [0, 1, 3].map((mean) =>
      number(maximumMeanDiscrepancy(normal(200, 8, 1, mean), prior, 1)),
    )
    expect(same).toBeLessThan(0.03)
    expect(shifted!).toBeGreaterThan(same! * 3)
    expect(far!).toBeGreaterThan(shifted!)
  })

  it('still has a gradient where the latents are far from the prior', () => {
    const prior = normal(100, 8)
    const gradient = tf.grad((latents) => maximumMeanDiscrepancy(latents as tf.Tensor2D, prior, 1))(
      normal(100, 8, 1, 20),
    )
    expect(number(tf.max(tf.abs(gradient)))).toBeGreaterThan(1e-6)
  })
})

describe('infoVaeLoss', () => {
  it('is reconstruction plus (α + λ − 1) times the discrepancy', () => {
    const input = tf.zeros<tf.Rank.R2>([4, 3])
    const reconstruction = tf.fill<tf.Rank.R2>([4, 3], 2)
    const level = { input, reconstruction, latents: normal(4, 2, 1, 5), prior: normal(10, 2) }
    const mismatch = number(maximumMeanDiscrepancy(level.latents, level.prior, 1))
    const loss = number(infoVaeLoss(level, { lambda: 7, reconstruction: 0.5 }, 1))
    expect(loss).toBeCloseTo(0.5 * 4 + 7 * mismatch, 4)
  })
})

describe('mutualInformation', () => {
  it('is ln K for even, decided codes, and 0 for codes that do not depend on the image', () => {
    expect(
      number(
        mutualInformation(
          tf.tensor2d([
            [1, 0],
            [0, 1],
          ]),
        ),
      ),
    ).toBeCloseTo(Math.LN2, 4)
    expect(
      number(
        mutualInformation(
          tf.tensor2d([
            [0.5, 0.5],
            [0.5, 0.5],
          ]),
        ),
      ),
    ).toBeCloseTo(0, 4)
    expect(
      number(
        mutualInformation(
          tf.tensor2d([
            [1, 0],
            [1, 0],
          ]),
        ),
      ),
    ).toBeCloseTo(0, 4)
  })
})

describe('regionCrossEntropy', () => {
  it('is least where the frames of a scene have the code of its region', () => {
    const regions = tf.tensor2d([
      [1, 0],
      [1, 0],
      [0, 1],
    ])
    expect(
      number(
        regionCrossEntropy(
          tf.tensor2d([
            [0.99, 0.01],
            [0.99, 0.01],
            [0.01, 0.99],
          ]),
          regions,
        ),
      ),
    ).toBeCloseTo(-Math.log(0.99), 4)
    expect(
      number(
        regionCrossEntropy(
          tf.tensor2d([
            [0.99, 0.01],
            [0.01, 0.99],
            [0.01, 0.99],
          ]),
          regions,
        ),
      ),
    ).toBeGreaterThan(1)
  })
})

describe('partitionLoss', () => {
  const settings = {
    labelSmoothing: 0,
    distillation: 0,
    distillationTemperature: 1,
    distillsShown: false,
    outsideWeight: 0,
    outsideShare: 0,
  }
  const labels = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32')

  it('is the cross-entropy over the batch size', () => {
    const logits = tf.tensor2d([
      [2, 0],
      [0, 0],
    ])
    const loss = number(
      partitionLoss(
        { logits, labels: labels(0, 1), outsiders: 0, teacherLogits: undefined, batchSize: 2 },
        settings,
      ),
    )
    expect(loss).toBeCloseTo((Math.log(1 + Math.exp(-2)) + Math.LN2) / 2, 5)
  })

  it('of two images in one is the mean of what each alone would cost, by their shares', () => {
    const logits = tf.tensor2d([[2, 0, -1]])
    const told = [tf.tensor2d([[1, 0, 3]]), tf.tensor2d([[0, 2, 0]])] as const
    const taught = { ...settings, labelSmoothing: 0.1, distillation: 0.6, distillationTemperature: 2 }
    const inputs = { logits, outsiders: 0, batchSize: 1 }
    const alone = [0, 2].map((label, index) =>
      number(partitionLoss({ ...inputs, labels: labels(label), teacherLogits: told[index] }, taught)),
    )
    const mixed = partitionLoss(
      {
        ...inputs,
        labels: labels(0),
        teacherLogits: told[0],
        mix: { shares: tf.tensor1d([0.75]), labels: labels(2), teacherLogits: told[1] },
      },
      taught,
    )
    expect(number(mixed)).toBeCloseTo(0.75 * alone[0]! + 0.25 * alone[1]!, 5)
  })

  it('asks for uncertainty outside: a confident stranger costs more than an uncertain one', () => {
    const outside = (row: [number, number]): number =>
      number(
        partitionLoss(
          {
            logits: tf.tensor2d([[0, 0], row]),
            labels: labels(0),
            outsiders: 1,
            teacherLogits: undefined,
            batchSize: 2,
          },
          { ...settings, outsideWeight: 1 },
        ),
      )
    expect(outside([6, 0])).toBeGreaterThan(outside([0, 0]) + 1)
  })

  it('asks for something else outside, where the network has such an output', () => {
    const outside = (row: [number, number]): number =>
      number(
        partitionLoss(
          {
            logits: tf.tensor2d([[0, 0], row]),
            labels: labels(0),
            outsiders: 1,
            elsewhere: 1,
            teacherLogits: undefined,
            batchSize: 2,
          },
          { ...settings, outsideWeight: 1 },
        ),
      )
    expect(outside([0, 6])).toBeLessThan(outside([0, 0]))
    expect(outside([6, 0])).toBeGreaterThan(outside([0, 0]) + 1)
  })

  it('follows the teacher as far as distillation says', () => {
    const student = tf.tensor2d([[0, 3]])
    const inputs = { logits: student, labels: labels(1), outsiders: 0, batchSize: 1 }
    const agreeing = number(
      partitionLoss({ ...inputs, teacherLogits: tf.tensor2d([[0, 3]]) }, { ...settings, distillation: 1 }),
    )
    const disagreeing = number(
      partitionLoss({ ...inputs, teacherLogits: tf.tensor2d([[3, 0]]) }, { ...settings, distillation: 1 }),
    )
    expect(disagreeing).toBeGreaterThan(agreeing + 1)
  })
})

import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { startTrainingBackend } from '../../train/kernels/register.ts'
import { ourForward, prepareStep, stockForward } from './step.ts'

beforeAll(startTrainingBackend)

it('the two steps that are compared compute the same', async () => {
  const architecture = { size: 18, widths: [4, 8, 12] as [number, number, number], classes: 3 }
  const ours = prepareStep(architecture, 4, ourForward)()
  await tf.setBackend('cpu')
  const stock = prepareStep(architecture, 4, stockForward)()
  await tf.setBackend('wasm')
  expect(ours.loss).toBeCloseTo(stock.loss, 4)
  expect(ours.gradients).toHaveLength(stock.gradients.length)
  for (const [index, expected] of stock.gradients.entries()) {
    const scale = Math.max(...expected.map(Math.abs))
    const worst = Math.max(
      ...expected.map((value, position) => Math.abs(value - ours.gradients[index]![position]!)),
    )
    expect(worst / scale).toBeLessThan(1e-3)
  }
})

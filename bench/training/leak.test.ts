import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { heapMemory } from '../../train/kernels/assembly.ts'
import { startTrainingBackend } from '../../train/kernels/register.ts'
import { wasmBackend } from '../../train/kernels/heap.ts'
import { ourForward, prepareStep } from './step.ts'

beforeAll(startTrainingBackend)

it('a thousand steps leave no tensor behind, and the heap does not grow', { timeout: 240_000 }, () => {
  const step = prepareStep({ size: 16, widths: [8, 12, 16], classes: 4 }, 8, ourForward)
  const held = (): [tensors: number, places: number, heapBytes: number] => [
    tf.memory().numTensors,
    wasmBackend().numDataIds(),
    heapMemory(wasmBackend()).buffer.byteLength,
  ]
  for (let count = 0; count < 10; count++) step()
  const before = held()
  let loss = NaN
  for (let count = 0; count < 1000; count++) loss = step().loss
  expect(held()).toEqual(before)
  expect(loss).toBeGreaterThan(0)
})

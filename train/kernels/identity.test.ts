import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { address, wasmBackend } from './heap.ts'
import { startTrainingBackend } from './register.ts'

beforeAll(startTrainingBackend)

it('shares the memory of what it names, until the last of them is disposed of', () => {
  const backend = wasmBackend()
  const before = backend.numDataIds()
  const x = tf.tensor1d([1, 2, 3])
  const again = tf.clone(x)
  expect(address(backend, again)).toBe(address(backend, x))
  x.dispose()
  const other = tf.tensor1d([7, 7, 7])
  expect(Array.from(again.dataSync())).toEqual([1, 2, 3])
  tf.dispose([again, other])
  expect(backend.numDataIds()).toBe(before)
})

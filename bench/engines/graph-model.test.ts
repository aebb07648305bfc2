import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import { forward, toTensors } from '../../core/network/forward.ts'
import { networkSpecSchema } from '../../core/network/spec.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { graphModel } from './graph-model.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

it.each(['max', 'average'] as const)(
  'answers as our own forward pass does, global pool: %s',
  async (mode) => {
    const spec = networkSpecSchema.parse({
      inputShape: [9, 8, 3],
      layers: [
        { kind: 'conv', name: 'whiten', filters: 5, kernelSize: 2, padding: 'valid' },
        { kind: 'conv', name: 'strided', filters: 6, kernelSize: 3, stride: 2 },
        {
          kind: 'residual',
          layers: [
            { kind: 'conv', name: 'branch-a', filters: 6, kernelSize: 3 },
            { kind: 'conv', name: 'branch-b', filters: 6, kernelSize: 1, activation: 'linear' },
          ],
        },
        { kind: 'depthwise', name: 'each', activation: 'linear' },
        { kind: 'maxPool', poolSize: 2, stride: 2 },
        { kind: 'conv', name: 'last', filters: 4, kernelSize: 3 },
        { kind: 'globalPool', mode },
        { kind: 'dense', name: 'hidden', units: 7, activation: 'relu' },
        { kind: 'dense', name: 'head', units: 3 },
      ],
    })
    const random = createRandom(4)
    const weights = planNetwork(spec).tensors.map(({ name, shape, size }): NamedTensor => ({
      name,
      shape,
      values: Float32Array.from({ length: size }, () => random.normal() * 0.4),
    }))
    const model = await graphModel(spec, weights)
    const frames = tf.tensor4d(
      Float32Array.from({ length: 2 * 9 * 8 * 3 }, () => random.normal()),
      [2, 9, 8, 3],
    )
    const ours = forward(spec, toTensors(weights), frames).logits
    const theirs = model.predict(frames) as tf.Tensor
    expect(theirs.shape).toEqual(ours.shape)
    const expected = ours.dataSync()
    theirs.dataSync().forEach((logit, index) => expect(logit).toBeCloseTo(expected[index] ?? NaN, 5))
    // Not merely the same constant everywhere.
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(0.01)
  },
)

import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import type { NamedTensor } from '../bundle/weights.ts'
import { disposeWeights, forward, toTensors } from './forward.ts'
import { planNetwork } from './plan.ts'
import { networkSpecSchema, type NetworkSpec } from './spec.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const spec: NetworkSpec = networkSpecSchema.parse({
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
    { kind: 'maxPool', poolSize: 2, stride: 2 },
    { kind: 'conv', name: 'last', filters: 4, kernelSize: 3 },
    { kind: 'globalPool', mode: 'average' },
    { kind: 'dense', name: 'hidden', units: 7, activation: 'relu' },
    { kind: 'dense', name: 'head', units: 3 },
  ],
})

const random = createRandom(4)
const weights: NamedTensor[] = planNetwork(spec).tensors.map(({ name, shape, size }) => ({
  name,
  shape,
  values: Float32Array.from({ length: size }, () => random.normal() * 0.4),
}))

/** The same network as a Keras-style model, built independently of `forward`. */
function referenceModel(): tf.LayersModel {
  const { layers } = tf
  const input = tf.input({ shape: [9, 8, 3] })
  const conv = (name: string, filters: number, kernelSize: number, rest: object = {}): tf.layers.Layer =>
    layers.conv2d({ name, filters, kernelSize, padding: 'same', activation: 'relu', ...rest })
  let x = conv('whiten', 5, 2, { padding: 'valid' }).apply(input) as tf.SymbolicTensor
  x = conv('strided', 6, 3, { strides: 2 }).apply(x) as tf.SymbolicTensor
  const branch = conv('branch-b', 6, 1, { activation: 'linear' }).apply(
    conv('branch-a', 6, 3).apply(x),
  ) as tf.SymbolicTensor
  x = layers.add().apply([x, branch]) as tf.SymbolicTensor
  x = layers.maxPooling2d({ poolSize: 2, strides: 2, padding: 'valid' }).apply(x) as tf.SymbolicTensor
  x = layers.globalAveragePooling2d({}).apply(conv('last', 4, 3).apply(x)) as tf.SymbolicTensor
  x = layers.dense({ name: 'hidden', units: 7, activation: 'relu' }).apply(x) as tf.SymbolicTensor
  const output = layers.dense({ name: 'head', units: 3 }).apply(x) as tf.SymbolicTensor
  const model = tf.model({ inputs: input, outputs: output })
  for (const name of ['whiten', 'strided', 'branch-a', 'branch-b', 'last', 'hidden', 'head']) {
    const parts = weights.filter((weight) => weight.name.startsWith(`${name}/`))
    model.getLayer(name).setWeights(parts.map(({ values, shape }) => tf.tensor(values, [...shape])))
  }
  return model
}

describe('forward', () => {
  const pixels = Float32Array.from({ length: 2 * 9 * 8 * 3 }, () => random.normal())

  it('computes what an independent implementation of the same network computes', () => {
    const x = tf.tensor4d(pixels, [2, 9, 8, 3])
    const expected = (referenceModel().predict(x) as tf.Tensor).dataSync()
    const { logits, features } = forward(spec, toTensors(weights), x)
    expect(logits.shape).toEqual([2, 3])
    expect(features.shape).toEqual([2, 7])
    for (const [index, value] of logits.dataSync().entries()) expect(value).toBeCloseTo(expected[index]!, 5)
  })

  it('leaves only its two outputs behind, also where the head is the only layer', () => {
    const head: NetworkSpec = networkSpecSchema.parse({
      inputShape: [4],
      layers: [{ kind: 'dense', name: 'head', units: 2 }],
    })
    const headWeights = toTensors([
      { name: 'head/kernel', shape: [4, 2], values: new Float32Array(8).fill(1) },
      { name: 'head/bias', shape: [2], values: Float32Array.from([0, 1]) },
    ])
    const x = tf.tensor2d([[1, 2, 3, 4]])
    const before = tf.memory().numTensors
    const { logits, features } = forward(head, headWeights, x)
    expect(tf.memory().numTensors).toBe(before + 2)
    expect(Array.from(logits.dataSync())).toEqual([10, 11])
    features.dispose()
    expect(Array.from(x.dataSync())).toEqual([1, 2, 3, 4])
    tf.dispose([logits, x])
    disposeWeights(headWeights)
    expect(tf.memory().numTensors).toBe(before - 3)
  })
})

describe('planNetwork', () => {
  it('works out shapes, weights and multiply-accumulates', () => {
    const plan = planNetwork(spec)
    expect(plan.shapes).toEqual([[8, 7, 5], [4, 4, 6], [4, 4, 6], [2, 2, 6], [2, 2, 4], [4], [7], [3]])
    expect(plan.parameters).toBe(weights.reduce((sum, { values }) => sum + values.length, 0))
    expect(plan.megaMacs * 1e6).toBeCloseTo(
      8 * 7 * 4 * 3 * 5 +
        4 * 4 * 9 * 5 * 6 +
        4 * 4 * 9 * 6 * 6 +
        4 * 4 * 6 * 6 +
        2 * 2 * 9 * 6 * 4 +
        4 * 7 +
        7 * 3,
    )
  })

  it.each([
    [
      'a convolution behind a vector',
      [
        { kind: 'globalPool', mode: 'max' },
        { kind: 'conv', name: 'late', filters: 2, kernelSize: 3 },
      ],
    ],
    ['a dense layer on an image', [{ kind: 'dense', name: 'head', units: 2 }]],
    [
      'a kernel larger than the image',
      [{ kind: 'conv', name: 'huge', filters: 2, kernelSize: 11, padding: 'valid' }],
    ],
    [
      'a pool larger than the image',
      [
        { kind: 'maxPool', poolSize: 8, stride: 8 },
        { kind: 'maxPool', poolSize: 2, stride: 2 },
      ],
    ],
    [
      'a residual branch of another shape',
      [{ kind: 'residual', layers: [{ kind: 'conv', name: 'wide', filters: 9, kernelSize: 3 }] }],
    ],
    [
      'two layers of one name',
      [
        { kind: 'conv', name: 'same', filters: 3, kernelSize: 3 },
        { kind: 'conv', name: 'same', filters: 3, kernelSize: 3 },
      ],
    ],
  ])('refuses %s', (_, layers) => {
    const impossible = networkSpecSchema.parse({ inputShape: [9, 8, 3], layers })
    expect(() => planNetwork(impossible)).toThrow(expect.objectContaining({ code: 'manifest-invalid' }))
  })
})

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

describe('forward with depthwise layers', () => {
  const separable: NetworkSpec = networkSpecSchema.parse({
    inputShape: [7, 6, 3],
    layers: [
      { kind: 'conv', name: 'expand', filters: 8, kernelSize: 1 },
      { kind: 'depthwise', name: 'between', stride: 2 },
      { kind: 'conv', name: 'project', filters: 4, kernelSize: 1, activation: 'linear' },
      {
        kind: 'residual',
        layers: [
          { kind: 'conv', name: 'wide', filters: 8, kernelSize: 1 },
          { kind: 'depthwise', name: 'inner' },
          { kind: 'conv', name: 'narrow', filters: 4, kernelSize: 1, activation: 'linear' },
        ],
      },
      { kind: 'globalPool', mode: 'average' },
      { kind: 'dense', name: 'head', units: 3 },
    ],
  })

  it('computes what an independent implementation computes, the input added to what a block gives', () => {
    const own: NamedTensor[] = planNetwork(separable).tensors.map(({ name, shape, size }) => ({
      name,
      shape,
      values: Float32Array.from({ length: size }, () => random.normal() * 0.5),
    }))
    const pixels = Float32Array.from({ length: 2 * 7 * 6 * 3 }, () => random.normal())
    const { layers } = tf
    const input = tf.input({ shape: [7, 6, 3] })
    const point = (name: string, filters: number, activation: 'relu' | 'linear'): tf.layers.Layer =>
      layers.conv2d({ name, filters, kernelSize: 1, activation })
    const depthwise = (name: string, strides: number): tf.layers.Layer =>
      layers.depthwiseConv2d({ name, kernelSize: 3, strides, padding: 'same', activation: 'relu' })
    const chain = (x: tf.SymbolicTensor, ...steps: tf.layers.Layer[]): tf.SymbolicTensor =>
      steps.reduce((inner, step) => step.apply(inner) as tf.SymbolicTensor, x)
    const before = chain(
      input,
      point('expand', 8, 'relu'),
      depthwise('between', 2),
      point('project', 4, 'linear'),
    )
    const branch = chain(
      before,
      point('wide', 8, 'relu'),
      depthwise('inner', 1),
      point('narrow', 4, 'linear'),
    )
    const sum = layers.add().apply([before, branch]) as tf.SymbolicTensor
    const output = chain(sum, layers.globalAveragePooling2d({}), layers.dense({ name: 'head', units: 3 }))
    const model = tf.model({ inputs: input, outputs: output })
    for (const name of ['expand', 'between', 'project', 'wide', 'inner', 'narrow', 'head']) {
      const parts = own.filter((weight) => weight.name.startsWith(`${name}/`))
      const isDepthwise = name === 'between' || name === 'inner'
      model
        .getLayer(name)
        .setWeights(
          parts.map(({ values, shape }) =>
            tf.tensor(values, isDepthwise && shape.length === 3 ? [...shape, 1] : [...shape]),
          ),
        )
    }
    const x = tf.tensor4d(pixels, [2, 7, 6, 3])
    const expected = (model.predict(x) as tf.Tensor).dataSync()
    const { logits } = forward(separable, toTensors(own), x)
    for (const [index, value] of logits.dataSync().entries()) expect(value).toBeCloseTo(expected[index]!, 5)
  })

  it('lays their kernels out as [3, 3, channels] and counts each channel by itself', () => {
    const { shapes, tensors, megaMacs, parameters } = planNetwork(separable)
    expect(shapes).toEqual([[7, 6, 8], [4, 3, 8], [4, 3, 4], [4, 3, 4], [4], [3]])
    expect(tensors.find(({ name }) => name === 'between/kernel')).toEqual({
      name: 'between/kernel',
      shape: [3, 3, 8],
      offset: 3 * 8 + 8,
      size: 72,
    })
    expect(parameters).toBe(32 + 80 + 36 + (40 + 80 + 36) + 15)
    const block = 12 * (4 * 8 + 9 * 8 + 8 * 4)
    expect(megaMacs * 1e6).toBeCloseTo(42 * 3 * 8 + 12 * 9 * 8 + 12 * 8 * 4 + block + 4 * 3)
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
    [
      'a depthwise layer behind a vector',
      [
        { kind: 'globalPool', mode: 'max' },
        { kind: 'depthwise', name: 'late' },
      ],
    ],
    [
      'a residual branch that shrinks the image',
      [{ kind: 'residual', layers: [{ kind: 'depthwise', name: 'half', stride: 2 }] }],
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

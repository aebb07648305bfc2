import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import createTfjsModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js'
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import { disposeWeights, forward, toTensors } from '../../core/network/forward.ts'
import { networkSpecSchema, type NetworkSpec } from '../../core/network/spec.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { sampleNetwork } from '../../core/testing/sample-bundle.ts'
import { pixelTable, planFrameConvolution, type FrameConvolution } from './frame-convolution.ts'
import {
  compileFrameKernels,
  hasRelaxedSimd,
  instantiateFrameKernels,
  type FrameKernels,
} from './frame-kernels.ts'
import { instantiateKernels, type ModuleSettings } from './instantiate-kernels.ts'
import { NetworkRunner } from './network-runner.ts'
import { startKernels } from './start-kernels.ts'
import { measureMemory, TensorMemory, type WasmTensor } from './tensor-memory.ts'
import type { WasmKernels } from './wasm-kernels.ts'

const random = createRandom(3)
const noise = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, () => random.normal() * scale)

/** Weights under which activations keep their size from layer to layer. */
const weightsOf = (spec: NetworkSpec): NamedTensor[] =>
  planNetwork(spec).tensors.map(({ name, shape, size }) => ({
    name,
    shape,
    values: noise(size, name.endsWith('/bias') ? 0.2 : Math.sqrt((2 * (shape.at(-1) ?? 1)) / size)),
  }))

const startWith = (isRelaxed: boolean): Promise<WasmKernels> =>
  instantiateKernels(
    simdUrl,
    1,
    createTfjsModule as unknown as (settings: ModuleSettings) => Promise<WasmKernels>,
    async (memory) => instantiateFrameKernels(await compileFrameKernels(isRelaxed), memory),
  )

/** The largest difference between the logits of our kernels and tfjs's, over five frames on each weights. */
function largestDifference(kernels: WasmKernels, spec: NetworkSpec, networks = 1): number {
  const memory = new TensorMemory(kernels)
  const runners = [new NetworkRunner(kernels, spec), new NetworkRunner(kernels, spec, null)] as const
  let largest = 0
  for (let network = 0; network < networks; network++) {
    const tensors = weightsOf(spec)
    const [ours, theirs] = runners.map((runner) => runner.upload(tensors))
    if (ours === undefined || theirs === undefined) throw new RangeError('there are two runners')
    for (let frame = 0; frame < 5; frame++) {
      const values = noise(runners[0].input.length)
      for (const runner of runners) runner.input.set(values)
      const expected = runners[1].run(theirs).slice()
      for (const [index, logit] of runners[0].run(ours).entries())
        largest = Math.max(largest, Math.abs(logit - (expected[index] ?? NaN)))
      // Not merely the same constant everywhere.
      expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(0.01)
    }
    for (const tensor of [...ours, ...theirs]) memory.giveBack(tensor)
  }
  for (const runner of runners) runner.dispose()
  return largest
}

/**
 * The same against the reference backend, on one frame: with 2x2 taps and stride 3 tfjs's own WASM kernel
 * does not answer as that one.
 */
async function differenceFromReference(kernels: WasmKernels, spec: NetworkSpec, own?: null): Promise<number> {
  const memory = new TensorMemory(kernels)
  const runner = new NetworkRunner(kernels, spec, own)
  const tensors = weightsOf(spec)
  const ours = runner.upload(tensors)
  const values = noise(runner.input.length)
  runner.input.set(values)
  await tf.setBackend('cpu')
  const weights = toTensors(tensors)
  const x = tf.tensor4d(values, [1, ...(spec.inputShape as [number, number, number])])
  const { logits, features } = forward(spec, weights, x)
  const expected = logits.dataSync()
  const largest = Math.max(
    ...runner.run(ours).map((logit, index) => Math.abs(logit - (expected[index] ?? NaN))),
  )
  for (const tensor of [x, logits, features]) tensor.dispose()
  disposeWeights(weights)
  for (const tensor of ours) memory.giveBack(tensor)
  runner.dispose()
  return largest
}

/** Tensors on the memory of the product's kernels, given back together. */
async function holder() {
  const memory = new TensorMemory(await startKernels())
  const taken: WasmTensor[] = []
  const room = (values: number): WasmTensor => {
    const tensor = memory.take(values)
    taken.push(tensor)
    memory.view(tensor).fill(0)
    return tensor
  }
  return {
    room,
    put: (values: Float32Array): WasmTensor => {
      const tensor = room(values.length)
      memory.view(tensor).set(values)
      return tensor
    },
    read: (tensor: WasmTensor): Float32Array => memory.view(tensor).slice(),
    giveBack: () => taken.forEach((tensor) => memory.giveBack(tensor)),
  }
}

interface Conv {
  kernelSize: number
  filters: number
  stride?: number
  padding?: 'same' | 'valid'
  activation?: 'linear' | 'relu'
}
const networkOf = (
  inputShape: readonly [number, number, number],
  ...layers: readonly (Conv | 'pool' | 'average' | 'max')[]
): NetworkSpec =>
  networkSpecSchema.parse({
    inputShape,
    layers: [
      ...layers.map((layer, index) =>
        layer === 'pool'
          ? { kind: 'maxPool', poolSize: 2, stride: 2 }
          : typeof layer === 'string'
            ? { kind: 'globalPool', mode: layer }
            : { kind: 'conv', name: `conv-${index}`, ...layer },
      ),
      { kind: 'dense', name: 'head', units: 9 },
    ],
  })

/**
 * A depthwise layer behind a convolution, a block that halves the image, one that adds its input, one whose
 * sum is an addition of its own (a 3x3 convolution at its end), and a depthwise layer behind a sum.
 */
const invertedResiduals = (
  inputShape: readonly [number, number, number],
  channels: number,
  expanded: number,
): NetworkSpec => {
  const point = (name: string, filters: number, activation: 'relu' | 'linear') =>
    ({ kind: 'conv', name, filters, kernelSize: 1, activation }) as const
  return networkSpecSchema.parse({
    inputShape,
    layers: [
      { kind: 'conv', name: 'first', filters: channels, kernelSize: 2, padding: 'valid' },
      { kind: 'depthwise', name: 'early', stride: 1 },
      point('wide-1', expanded, 'relu'),
      { kind: 'depthwise', name: 'half', stride: 2 },
      point('narrow-1', channels, 'linear'),
      {
        kind: 'residual',
        layers: [
          point('wide-2', expanded, 'relu'),
          { kind: 'depthwise', name: 'between' },
          point('narrow-2', channels, 'linear'),
        ],
      },
      {
        kind: 'residual',
        layers: [
          { kind: 'depthwise', name: 'before', activation: 'linear' },
          { kind: 'conv', name: 'three', filters: channels, kernelSize: 3 },
        ],
      },
      { kind: 'depthwise', name: 'behind', stride: 2, activation: 'linear' },
      { kind: 'globalPool', mode: 'average' },
      { kind: 'dense', name: 'head', units: 9 },
    ],
  })
}

const released = (a: number, b: number, c: number, units: number): NetworkSpec => {
  const conv = (filters: number): Conv => ({ kernelSize: 3, filters })
  const first: Conv = { kernelSize: 2, filters: 24, padding: 'valid' }
  const spec = networkOf(
    [32, 32, 3],
    ...([first, conv(a), 'pool', conv(a), conv(b), 'pool'] as const),
    ...([conv(b), conv(c), 'pool', conv(c), 'max'] as const),
  )
  return { ...spec, layers: [...spec.layers.slice(0, -1), { ...spec.layers.at(-1)!, units } as never] }
}

describe.each([
  ['plain', false],
  ['relaxed', true],
] as const)('our kernels with %s SIMD answer as tfjs’s do, to 1e-4', (_, isRelaxed) => {
  let kernels: WasmKernels
  beforeAll(async () => {
    if (isRelaxed && !hasRelaxedSimd()) return
    kernels = await startWith(isRelaxed)
  })

  it.skipIf(isRelaxed && !hasRelaxedSimd()).each([
    ['a partition of cifar100', released(24, 64, 96, 12)],
    ['its full model', released(64, 256, 256, 100)],
    ['a partition of people', released(8, 24, 32, 21)],
    ['a network of the tests', sampleNetwork(16, [2, 3, 4], 4)],
  ])('on %s, for three networks in turns', (_name, spec) => {
    expect(largestDifference(kernels, spec, 3)).toBeLessThan(1e-4)
  })

  it.skipIf(isRelaxed && !hasRelaxedSimd())(
    'on convolutions of all shapes, odd channels among them',
    async () => {
      for (const kernelSize of [1, 2, 3, 5])
        for (const stride of [1, 2, 3])
          for (const padding of ['same', 'valid'] as const)
            for (const [inputs, filters] of [
              [3, 1],
              [4, 8],
              [5, 7],
              [8, 12],
              [12, 6],
            ] as const) {
              const side = 5 + random.integer(9)
              const first: Conv = { kernelSize, filters: inputs, padding, activation: 'linear' }
              const spec = networkOf(
                [side, side + random.integer(3), 3],
                first,
                { kernelSize: 1 + random.integer(3), stride, filters, padding: 'same' },
                random.integer(2) === 0 ? 'max' : 'average',
              )
              expect(await differenceFromReference(kernels, spec), JSON.stringify(spec)).toBeLessThan(1e-4)
            }
    },
  )

  it.skipIf(isRelaxed && !hasRelaxedSimd())(
    'on depthwise layers and inverted residuals, and tfjs’s kernels alone as well',
    async () => {
      for (let side = 3; side < 16; side++)
        for (const [channels, expanded] of [
          [8, 32],
          [12, 20],
          [6, 18],
          [5, 7],
        ] as const) {
          const spec = invertedResiduals([side, side + random.integer(4), 3], channels, expanded)
          for (const own of [undefined, null])
            expect(await differenceFromReference(kernels, spec, own), JSON.stringify(spec)).toBeLessThan(1e-4)
        }
    },
  )

  it.skipIf(isRelaxed && !hasRelaxedSimd())('on 3x3 convolutions and pools of images of all sizes', () => {
    for (let side = 3; side < 21; side++)
      for (const padding of ['same', 'valid'] as const) {
        const filters = 4 * (1 + random.integer(5))
        const spec = networkOf(
          [side, side + random.integer(9), 4 * (1 + random.integer(3))],
          { kernelSize: 3, filters, activation: 'linear', padding: 'same' },
          { kernelSize: 3, filters: filters + 4, padding },
          ...(side > 6 ? (['pool', { kernelSize: 1, filters: 5 }] as const) : []),
          'max',
        )
        expect(largestDifference(kernels, spec), JSON.stringify(spec)).toBeLessThan(1e-4)
      }
  })
})

describe('what mobile networks are made of, against the reference backend', () => {
  const side = 9
  const plan = (kernelSize: number, stride: number, channels: number): FrameConvolution =>
    // One filter: laid out for a convolution that goes pixel by pixel.
    planFrameConvolution(
      { kernelSize, stride, padding: 'same', filters: 1 },
      { height: side, width: side, channels },
    )
  const differences = (ours: Float32Array, expected: tf.Tensor): number =>
    Math.max(...expected.dataSync().map((value, index) => Math.abs(value - (ours[index] ?? NaN))))

  it.each([
    [4, 1],
    [12, 1],
    [8, 2],
    [20, 2],
  ])('depthwise 3x3 on %i channels with stride %i', async (channels, stride) => {
    const own = (await startKernels()).frame as FrameKernels
    const { put, room, read, giveBack } = await holder()
    const [image, filter, bias] = [noise(side * side * channels), noise(9 * channels), noise(channels)]
    const { border, out } = plan(3, stride, channels)
    const x = room(border.rows * border.columns * channels)
    const y = room(out.height * out.width * channels)
    const [pitch, pixel] = [border.columns * channels * 4, channels * 4]
    const inBorder = x.address + border.top * pitch + border.left * pixel
    own.placeImage(put(image).address, side, side * pixel, inBorder, pitch)
    own.depthwiseConv(
      x.address,
      pitch,
      channels,
      put(filter).address,
      put(bias).address,
      y.address,
      out.width * pixel,
      out.height,
      out.width,
      stride,
      0,
    )
    await tf.setBackend('cpu')
    tf.tidy(() => {
      const convolved = tf.depthwiseConv2d(
        tf.tensor4d(image, [1, side, side, channels]),
        tf.tensor4d(filter, [3, 3, channels, 1]),
        stride,
        'same',
      )
      const expected = tf.relu(tf.add(convolved, tf.tensor1d(bias)))
      expect(differences(read(y), expected)).toBeLessThan(1e-4)
    })
    giveBack()
  })

  it.each([5, 8, 13])('1x1 to %i channels, with an image that is added', async (outputs) => {
    const own = (await startKernels()).frame as FrameKernels
    const { put, room, read, giveBack } = await holder()
    const [image, filter, bias, added] = [12, 12 * outputs, outputs, side * side * outputs].map(
      (size, index) => noise(index === 0 ? side * side * size : size),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array]
    const eights = Math.ceil(outputs / 8) * 8
    const [packed, y] = [room(12 * eights), room(added.length)]
    own.packFilter(put(filter).address, 12, outputs, packed.address)
    const padded = new Float32Array(eights)
    padded.set(bias)
    const { border } = plan(1, 1, 12)
    const table = pixelTable(
      { border, out: { height: side, width: side, channels: outputs } },
      { stride: 1, channels: 12, outPitch: side * outputs * 4 },
    )
    own.directConv(
      put(image).address,
      put(new Float32Array(table.buffer)).address,
      side * side,
      border.columns * 12 * 4,
      12,
      1,
      packed.address,
      put(padded).address,
      y.address,
      put(added).address,
      outputs,
      -Infinity,
    )
    await tf.setBackend('cpu')
    tf.tidy(() => {
      const convolved = tf.conv2d(
        tf.tensor4d(image, [1, side, side, 12]),
        tf.tensor4d(filter, [1, 1, 12, outputs]),
        1,
        'same',
      )
      const expected = tf.add(
        tf.add(convolved, tf.tensor1d(bias)),
        tf.tensor4d(added, [1, side, side, outputs]),
      )
      expect(differences(read(y), expected)).toBeLessThan(1e-4)
    })
    giveBack()
  })
})

it('are what a started engine runs on', async () => {
  expect((await startKernels()).frame).toBeDefined()
})

it('hold no more memory after 50 networks than after one, and nothing behind the last', async () => {
  const kernels = await startKernels()
  const before = measureMemory()
  const spec = released(16, 48, 64, 12)
  expect(largestDifference(kernels, spec, 50)).toBeLessThan(1e-4)
  expect(measureMemory()).toEqual(before)
})

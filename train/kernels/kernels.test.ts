import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { batchNorm, type BatchStatistics } from './batch-norm.ts'
import { maxPool2x2 } from './max-pool-2x2.ts'
import { startTrainingBackend } from './register.ts'

beforeAll(startTrainingBackend)

const noise = (length: number, seed: number): Float32Array =>
  Float32Array.from(
    { length },
    (_, index) => Math.sin(index * 12.9898 + seed * 78.233) * 1.7 + Math.cos(index * 4.1 + seed),
  )

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1)

const tensor = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> =>
  tf.tensor<R>(noise(sizeOf(shape), seed), shape)

/** Values of the tensors that `run` makes on a backend. */
async function valuesOn(backend: string, run: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend)
  try {
    return tf.tidy(() => run().map((result) => result.dataSync<'float32'>().slice()))
  } finally {
    await tf.setBackend('wasm')
  }
}

function expectClose(found: readonly Float32Array[], expected: readonly Float32Array[]): void {
  for (const [index, values] of expected.entries()) {
    const scale = Math.max(1, ...values.map(Math.abs))
    const worst = Math.max(...values.map((value, position) => Math.abs(value - found[index]![position]!)))
    expect(worst / scale).toBeLessThan(1e-4)
  }
}

const convolutions = fc.record({
  batch: fc.integer({ min: 1, max: 5 }),
  height: fc.integer({ min: 3, max: 9 }),
  width: fc.integer({ min: 3, max: 9 }),
  inputs: fc.integer({ min: 1, max: 6 }),
  outputs: fc.integer({ min: 1, max: 6 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  pad: fc.constantFrom('same' as const, 'valid' as const),
})

/** Shapes that the kernels of our own take: 3x3 taps, stride 1, channels in fours, several tiles. */
const tiled = fc.record({
  batch: fc.integer({ min: 1, max: 5 }),
  height: fc.integer({ min: 3, max: 14 }),
  width: fc.integer({ min: 3, max: 14 }),
  inputs: fc.integer({ min: 1, max: 6 }).map((fours) => fours * 4),
  outputs: fc.integer({ min: 1, max: 6 }).map((fours) => fours * 4),
  pad: fc.oneof(
    fc.constantFrom('same' as const, 'valid' as const),
    fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 })
      .map(([top = 0, bottom = 0, left = 0, right = 0]): tf.backend_util.ExplicitPadding => [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]),
  ),
})

describe('convolutions in tiles on WASM', () => {
  it('have the values and gradients of the cpu backend, whatever the shape and padding', async () => {
    await fc.assert(
      fc.asyncProperty(tiled, async ({ batch, height, width, inputs, outputs, pad }) => {
        const run = (): tf.Tensor[] => {
          const x = tensor<tf.Rank.R4>([batch, height, width, inputs], 1)
          const filter = tensor<tf.Rank.R4>([3, 3, inputs, outputs], 2)
          const y = tf.conv2d(x, filter, 1, pad)
          const dy = tensor<tf.Rank.R4>(y.shape, 3)
          const loss = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
            tf.sum(tf.mul(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad), dy))
          return [y, ...tf.grads(loss)([x, filter])]
        }
        expectClose(await valuesOn('wasm', run), await valuesOn('cpu', run))
      }),
      { numRuns: 40 },
    )
  })

  it('add the bias and rectify as the cpu backend does', async () => {
    const run = (): tf.Tensor[] => {
      const x = tensor<tf.Rank.R4>([4, 10, 13, 12], 1)
      const filter = tensor<tf.Rank.R4>([3, 3, 12, 20], 2)
      const bias = tensor<tf.Rank.R1>([20], 3)
      return (['relu', 'linear'] as const).map((activation) =>
        tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation }),
      )
    }
    expectClose(await valuesOn('wasm', run), await valuesOn('cpu', run))
  })

  it('give an image the same bits alone and among others', () => {
    const [alone, among] = tf.tidy(() => {
      const images = tensor<tf.Rank.R4>([9, 7, 7, 24], 1)
      const filter = tensor<tf.Rank.R4>([3, 3, 24, 12], 2)
      const answer = (x: tf.Tensor4D): tf.Tensor4D => tf.conv2d(x, filter, 1, 'same')
      return [
        answer(tf.slice(images, [4, 0, 0, 0], [1, -1, -1, -1])),
        tf.slice(answer(images), [4, 0, 0, 0], [1, -1, -1, -1]),
      ].map((result) => result.dataSync().slice())
    })
    expect(alone).toEqual(among)
  })

  it('give the same bits every time, whatever lay in memory before', async () => {
    const run = (): tf.Tensor[] => {
      const loss = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
        tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same')))
      return tf.grads(loss)([tensor([5, 7, 7, 24], 1), tensor([3, 3, 24, 12], 2)])
    }
    const first = await valuesOn('wasm', run)
    tf.tidy(() => tf.fill([1 << 22], Number.NaN))
    expect(await valuesOn('wasm', run)).toEqual(first)
  })
})

describe('gradients of a convolution on WASM', () => {
  it('are those of the cpu backend, whatever the shape, stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(
        convolutions,
        async ({ batch, height, width, inputs, outputs, kernel, stride, pad }) => {
          const run = (): tf.Tensor[] => {
            const x = tensor<tf.Rank.R4>([batch, height, width, inputs], 1)
            const filter = tensor<tf.Rank.R4>([kernel, kernel, inputs, outputs], 2)
            const loss = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
              tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)))
            return tf.grads(loss)([x, filter])
          }
          expectClose(await valuesOn('wasm', run), await valuesOn('cpu', run))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('leave no tensor behind', () => {
    const count = (): [number, number] => [tf.memory().numTensors, tf.engine().backend.numDataIds()]
    const before = count()
    for (let step = 0; step < 20; step++) {
      tf.tidy(() => {
        tf.grads((a, b) => tf.sum(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same')))([
          tensor([2, 6, 6, 3], 1),
          tensor([3, 3, 3, 4], 2),
        ])
      })
    }
    expect(count()).toEqual(before)
  })
})

describe('depthwise convolutions on WASM', () => {
  const shapes = fc.record({
    batch: fc.integer({ min: 1, max: 4 }),
    height: fc.integer({ min: 3, max: 11 }),
    width: fc.integer({ min: 3, max: 11 }),
    channels: fc.integer({ min: 1, max: 5 }).map((fours) => fours * 4),
    stride: fc.integer({ min: 1, max: 2 }),
    pad: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), fc.integer({ min: 0, max: 2 })),
  })
  const convolve = (x: tf.Tensor, filter: tf.Tensor, stride: number, pad: 'same' | 'valid' | number) =>
    tf.depthwiseConv2d(
      x as tf.Tensor4D,
      filter as tf.Tensor4D,
      stride,
      pad,
      'NHWC',
      1,
      typeof pad === 'number' ? 'floor' : undefined,
    )

  it('have the values and gradients of the cpu backend, whatever the shape, stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ batch, height, width, channels, stride, pad }) => {
        const run = (): tf.Tensor[] => {
          const x = tensor<tf.Rank.R4>([batch, height, width, channels], 1)
          const filter = tensor<tf.Rank.R4>([3, 3, channels, 1], 2)
          const y = convolve(x, filter, stride, pad)
          const dy = tensor<tf.Rank.R4>(y.shape, 3)
          const loss = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
            tf.sum(tf.mul(convolve(a, b, stride, pad), dy))
          return [y, ...tf.grads(loss)([x, filter])]
        }
        expectClose(await valuesOn('wasm', run), await valuesOn('cpu', run))
      }),
      { numRuns: 60 },
    )
  })

  it('give the same bits every time, whatever lay in memory before, and leave no tensor behind', async () => {
    const run = (): tf.Tensor[] =>
      [1, 2].flatMap((stride) =>
        tf.grads((a, b) => tf.sum(tf.square(convolve(a, b, stride, 'same'))))([
          tensor([5, 7, 9, 24], 1),
          tensor([3, 3, 24, 1], 2),
        ]),
      )
    const first = await valuesOn('wasm', run)
    tf.tidy(() => tf.fill([1 << 22], Number.NaN))
    const count = (): [number, number] => [tf.memory().numTensors, tf.engine().backend.numDataIds()]
    const before = count()
    expect(await valuesOn('wasm', run)).toEqual(first)
    expect(count()).toEqual(before)
  })

  it('give an image the same bits alone and among others', () => {
    const [alone, among] = tf.tidy(() => {
      const images = tensor<tf.Rank.R4>([9, 7, 7, 24], 1)
      const filter = tensor<tf.Rank.R4>([3, 3, 24, 1], 2)
      return [
        convolve(tf.slice(images, [4, 0, 0, 0], [1, -1, -1, -1]), filter, 2, 'same'),
        tf.slice(convolve(images, filter, 2, 'same'), [4, 0, 0, 0], [1, -1, -1, -1]),
      ].map((result) => result.dataSync().slice())
    })
    expect(alone).toEqual(among)
  })

  it('say so where there is no gradient', () => {
    expect(() =>
      tf.tidy(() =>
        tf.grad((x) => tf.sum(convolve(x, tensor([3, 3, 5, 1], 2), 1, 'same')))(tensor([1, 6, 6, 5], 1)),
      ),
    ).toThrow('channels in fours')
  })
})

describe('1x1 convolutions on WASM', () => {
  it('have the filter gradients of the cpu backend, over more rows than a block', async () => {
    for (const [inputs, outputs] of [
      [4, 8],
      [12, 24],
      [8, 12],
    ] as const) {
      const run = (): tf.Tensor[] => {
        const x = tensor<tf.Rank.R4>([3, 9, 7, inputs], 1)
        const dy = tensor<tf.Rank.R4>([3, 9, 7, outputs], 3)
        const loss = (filter: tf.Tensor): tf.Scalar =>
          tf.sum(tf.mul(tf.conv2d(x, filter as tf.Tensor4D, 1, 'same'), dy))
        return [tf.grad(loss)(tensor([1, 1, inputs, outputs], 2))]
      }
      expectClose(await valuesOn('wasm', run), await valuesOn('cpu', run))
    }
  })
})

describe('batchNorm', () => {
  const epsilon = 1e-6
  const composed = (x: tf.Tensor4D, gain: tf.Tensor1D, shift: tf.Tensor1D): tf.Tensor4D => {
    const { mean, variance } = tf.moments(x, [0, 1, 2])
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gain), shift)
  }
  const gradients =
    (
      operation: typeof composed,
      [batch, height, width, channels]: readonly [number, number, number, number],
    ) =>
    (): tf.Tensor[] => {
      const x = tensor<tf.Rank.R4>([batch, height, width, channels], 3)
      const gain = tf.add<tf.Tensor1D>(tf.abs(tensor<tf.Rank.R1>([channels], 4)), 0.1)
      const shift = tensor<tf.Rank.R1>([channels], 5)
      const weights = tensor<tf.Rank.R4>([batch, height, width, channels], 6)
      const { value, grads } = tf.valueAndGrads((a, b, c) =>
        tf.sum(tf.mul(operation(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D), weights)),
      )([x, gain, shift])
      return [value, ...grads]
    }

  it.each([
    ['relu', (x: tf.Tensor4D) => tf.relu(x)],
    ['linear', (x: tf.Tensor4D) => x],
  ] as const)(
    'has the value and the gradients of the composed operations: %s',
    async (activation, behind) => {
      const extent = fc.integer({ min: 2, max: 6 })
      await fc.assert(
        fc.asyncProperty(fc.tuple(extent, extent, extent, fc.integer({ min: 1, max: 13 })), async (shape) => {
          const fused = await valuesOn(
            'wasm',
            gradients((x, gain, shift) => batchNorm(x, gain, shift, activation, () => undefined), shape),
          )
          const expected = gradients((x, gain, shift) => behind(composed(x, gain, shift)), shape)
          expectClose(fused, await valuesOn('cpu', expected))
        }),
        { numRuns: 30 },
      )
    },
  )

  it('reports the statistics of the batch', () => {
    let found: BatchStatistics | undefined
    tf.tidy(() => {
      const x = tf.tensor4d([1, 10, 3, 10, 5, 10, 7, 10], [2, 2, 1, 2])
      batchNorm(x, tf.ones([2]), tf.zeros([2]), 'relu', (statistics) => (found = statistics))
    })
    expect(Array.from(found!.mean)).toEqual([4, 10])
    expect(Array.from(found!.variance)).toEqual([5, 0])
  })
})

describe('maxPool2x2', () => {
  it('has the value and the gradient of the stock operation, odd sizes too', async () => {
    const extent = fc.integer({ min: 2, max: 7 })
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 3 }), extent, extent, fc.integer({ min: 1, max: 13 })),
        async (shape) => {
          const gradients = (pool: (x: tf.Tensor4D) => tf.Tensor4D) => (): tf.Tensor[] => {
            const { value, grad } = tf.valueAndGrad((input) => tf.sum(tf.square(pool(input as tf.Tensor4D))))(
              tensor<tf.Rank.R4>(shape, 7),
            )
            return [value, grad]
          }
          expectClose(
            await valuesOn('wasm', gradients(maxPool2x2)),
            await valuesOn(
              'cpu',
              gradients((x) => tf.maxPool(x, 2, 2, 'valid')),
            ),
          )
        },
      ),
      { numRuns: 30 },
    )
  })

  it('gives the gradient to the first of equals', () => {
    const grad = tf.tidy(() =>
      tf
        .grad((x) => tf.sum(maxPool2x2(x as tf.Tensor4D)))(tf.ones([1, 2, 2, 5]))
        .dataSync<'float32'>()
        .slice(),
    )
    expect(Array.from(grad)).toEqual([...Array<number>(5).fill(1), ...Array<number>(15).fill(0)])
  })
})

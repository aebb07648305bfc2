import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { forward, toTensors } from '../../core/network/forward.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { initialise, parameterLayout, trainingForward, type Architecture } from './architecture.ts'
import { foldNetwork, inferenceSpec, unfoldNetwork } from './fold.ts'
import { shipNetwork, shipWeights } from './ship-network.ts'
import { symmetricEigen, whiteningFilters } from './whitening.ts'

beforeAll(startTrainingBackend)

const plain: Architecture = { size: 16, widths: [4, 6, 8], classes: 5 }
/** One and two blocks a stage: with two there are sums. */
const families: [string, Architecture][] = [
  ['plain', plain],
  ['separable, one block a stage', { family: 'separable', size: 16, width: 0.5, depth: 1, classes: 5 }],
  ['separable, with sums', { family: 'separable', size: 16, width: 0.25, depth: 2, classes: 5 }],
]
const random = createRandom(3)
const pixels = Uint8Array.from(
  { length: 8 * 16 * 16 * 3 },
  (_, index) => 128 + 60 * Math.sin(index / 7) + random.integer(40),
)
const input = {
  width: 16,
  height: 16,
  channels: 3 as const,
  mean: [0.5, 0.5, 0.5] as [number, number, number],
  std: [0.25, 0.25, 0.25] as [number, number, number],
}

describe.each(families)('foldNetwork: %s', (_, architecture) => {
  it('gives the network that trained, once its running statistics are those of the batch', () => {
    const { parameters } = parameterLayout(architecture)
    const vector = initialise(architecture, whiteningFilters(pixels, input, random), random)
    for (const { role, offset, size } of parameters) {
      if (role === 'gain')
        for (let index = offset; index < offset + size; index++) vector[index] = 0.3 + random.next()
      if (role === 'shift')
        for (let index = offset; index < offset + size; index++) vector[index] = random.normal() * 0.3
    }
    const at = (name: string): Float32Array => {
      const { offset, size } = parameters.find((parameter) => parameter.name === name)!
      return vector.subarray(offset, offset + size)
    }
    tf.tidy(() => {
      const x = tf.tensor4d(
        Float32Array.from({ length: 4 * 16 * 16 * 3 }, () => random.normal()),
        [4, 16, 16, 3],
      )
      const weights = new Map(
        parameters
          .filter(({ role }) => role !== 'running')
          .map(({ name, shape }) => [name, tf.tensor(at(name).slice(), [...shape])]),
      )
      const trained = trainingForward(architecture, weights, x, (layer, { mean, variance }) => {
        at(`${layer}/mean`).set(mean)
        at(`${layer}/variance`).set(variance)
      })
      const shipped = forward(inferenceSpec(architecture), toTensors(foldNetwork(architecture, vector)), x)
      const [expected, found] = [trained.logits.dataSync(), shipped.logits.dataSync()]
      for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 4)
      expect(shipped.features.shape).toEqual(trained.features.shape)
    })
  })

  it('fills exactly the weights of its spec', () => {
    const { size } = parameterLayout(architecture)
    const shapes = foldNetwork(architecture, new Float32Array(size).fill(1)).map(({ name, values }) => [
      name,
      values.length,
    ])
    expect(shapes).toEqual(
      planNetwork(inferenceSpec(architecture)).tensors.map(({ name, size: count }) => [name, count]),
    )
  })
})

describe.each(families)('unfoldNetwork: %s', (_, architecture) => {
  it('gives parameters that ship as the very same blob', () => {
    const vector = initialise(architecture, whiteningFilters(pixels, input, random), random)
    for (const { role, offset, size } of parameterLayout(architecture).parameters) {
      if (role === 'gain' || role === 'shift' || role === 'running')
        for (let index = offset; index < offset + size; index++) vector[index] = 0.3 + random.next()
    }
    const shipped = shipNetwork(architecture, vector)
    expect(
      shipWeights(shipped.spec, foldNetwork(architecture, unfoldNetwork(architecture, shipped.weights))).blob,
    ).toEqual(shipped.blob)
  })
})

describe('whiteningFilters', () => {
  it('decorrelate the patches they were made from', () => {
    const filters = whiteningFilters(pixels, input, createRandom(3))
    const sums = new Float64Array(12 * 12)
    const samples = 4000
    const draw = createRandom(9)
    for (let sample = 0; sample < samples; sample++) {
      const corner = draw.integer(8) * 256 + draw.integer(15) * 16 + draw.integer(15)
      const response = Array.from({ length: 12 }, (_, output) => {
        let total = 0
        for (let value = 0; value < 12; value++) {
          const pixel = corner + (value >= 6 ? 16 : 0) + (Math.floor(value / 3) % 2)
          total += ((pixels[pixel * 3 + (value % 3)]! / 255 - 0.5) / 0.25) * filters[value * 24 + output]!
        }
        return total
      })
      for (let a = 0; a < 12; a++)
        for (let b = 0; b < 12; b++) sums[a * 12 + b]! += (response[a]! * response[b]!) / samples
    }
    for (let a = 0; a < 12; a++)
      for (let b = 0; b < 12; b++) expect(sums[a * 12 + b]).toBeCloseTo(a === b ? 1 : 0, 0)
  })

  it('come from true eigenvectors', () => {
    const matrix = [
      [2, 1, 0],
      [1, 3, 1],
      [0, 1, 4],
    ]
    const { values, vectors } = symmetricEigen(matrix)
    for (const [index, vector] of vectors.entries()) {
      for (const [row, cells] of matrix.entries()) {
        expect(cells.reduce((sum, cell, column) => sum + cell * vector[column]!, 0)).toBeCloseTo(
          values[index]! * vector[row]!,
          9,
        )
      }
    }
  })
})

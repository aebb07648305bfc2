import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { deltaBlobBytes } from '../../core/bundle/delta.ts'
import { forward, toTensors } from '../../core/network/forward.ts'
import { createRandom } from '../../core/random.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { initialise, parameterLayout, trainingForward, type Architecture } from './architecture.ts'
import { deltaSpec, shipDelta } from './generator.ts'
import { shipNetwork } from './ship-network.ts'

beforeAll(startTrainingBackend)

const random = createRandom(11)

function randomise(vector: Float32Array, of: Architecture, roles: readonly string[]): void {
  for (const { name, role, offset, size } of parameterLayout(of).parameters) {
    for (let index = offset; index < offset + size; index++) {
      if (roles.includes(role)) vector[index] = role === 'gain' ? 0.5 + random.next() : random.normal() * 0.3
      if (role === 'running')
        vector[index] = name.endsWith('variance') ? 0.5 + random.next() : random.normal() * 0.1
    }
  }
}

const families: [string, Architecture][] = [
  ['plain', { size: 16, widths: [4, 6, 8], classes: 5 }],
  ['separable', { family: 'separable', size: 16, width: 0.25, depth: 2, classes: 5 }],
]

describe.each(families)('a delta: %s', (_, architecture) => {
  const whitening = Float32Array.from({ length: 12 * 24 }, () => random.normal() * 0.3)
  const generalistVector = initialise(architecture, whitening, random)
  randomise(generalistVector, architecture, ['gain', 'shift'])
  const generalist = shipNetwork(architecture, generalistVector)

  it('begins as the generalist', () => {
    const { weights } = shipDelta(generalist, generalist)
    for (const [index, { values }] of weights.entries()) {
      for (const [position, value] of values.entries())
        expect(value).toBeCloseTo(generalist.weights[index]!.values[position]!, 2)
    }
  })

  it('ships as the network that trained, once its running statistics are those of the batch', () => {
    const vector = generalist.vector.slice()
    randomise(vector, architecture, ['gain', 'shift', 'head'])
    const { parameters } = parameterLayout(architecture)
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
      const shipped = shipDelta(generalist, { architecture, vector })
      expect(shipped.blob.byteLength).toBe(deltaBlobBytes(generalist.spec, deltaSpec(architecture)))
      const [expected, found] = [
        trained.logits.dataSync(),
        forward(shipped.spec, toTensors(shipped.weights), x).logits.dataSync(),
      ]
      // Half floats on both sides of the product.
      for (const [index, value] of expected.entries())
        expect(Math.abs(found[index]! - value)).toBeLessThan(0.02 * (1 + Math.abs(value)))
    })
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { Light } from '../../core/light/light.ts'
import { networkSpecSchema } from '../../core/network/spec.ts'
import { createRandom } from '../../core/random.ts'
import { allocateSplit, type Split } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { shipWeights, type ShippedNetwork } from '../models/ship-network.ts'
import { fitLight, relight } from './fit-light.ts'

const size = 8
const input: ModelInput = { width: size, height: size, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] }
const familiar = [0.7, 0.5, 0.3] as const

/**
 * A network that knows pictures by their colours: each of six filters says how far a channel lies above or
 * below the one it knows, and the first class is surer of itself the nearer they are.
 */
function networkOfColours(): ShippedNetwork {
  const spec = networkSpecSchema.parse({
    inputShape: [size, size, 3],
    layers: [
      { kind: 'conv', name: 'far', filters: 6, kernelSize: 1, padding: 'valid' },
      { kind: 'globalPool', mode: 'max' },
      { kind: 'dense', name: 'head', units: 2 },
    ],
  })
  const kernel = new Float32Array(3 * 6)
  const bias = new Float32Array(6)
  for (const channel of [0, 1, 2] as const) {
    kernel[channel * 6 + 2 * channel] = 1
    bias[2 * channel] = -familiar[channel]
    kernel[channel * 6 + 2 * channel + 1] = -1
    bias[2 * channel + 1] = familiar[channel]
  }
  const head = Float32Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? -1 : 0))
  return shipWeights(spec, [
    { name: 'far/kernel', shape: [1, 1, 3, 6], values: kernel },
    { name: 'far/bias', shape: [6], values: bias },
    { name: 'head/kernel', shape: [6, 2], values: head },
    { name: 'head/bias', shape: [2], values: Float32Array.of(8, 0) },
  ])
}

/** Pictures of one colour each, near the one that the network knows. */
function pictures(count: number): Split {
  const split = allocateSplit(count, size)
  const random = createRandom('light')
  for (let image = 0; image < count; image++) {
    const change = (random.next() - 0.5) * 0.1
    for (let at = 0; at < size * size * 3; at++)
      split.pixels[image * size * size * 3 + at] = 255 * (familiar[(at % 3) as 0 | 1 | 2] + change)
  }
  return split
}

const meanColour = ({ pixels }: Split): number[] =>
  [0, 1, 2].map((channel) => {
    const values = pixels.filter((_, at) => at % 3 === channel)
    return values.reduce((sum, value) => sum + value, 0) / values.length / 255
  })

describe('fitLight', () => {
  beforeAll(() => startTrainingBackend())
  const network = networkOfColours()

  it.each<[string, Light]>([
    ['dusk', { gain: [0.4, 0.4, 0.4], offset: [0, 0, 0] }],
    ['haze', { gain: [0.5, 0.5, 0.5], offset: [0.4, 0.4, 0.4] }],
    ['a lamp', { gain: [0.9, 0.7, 0.4], offset: [0, 0, 0] }],
  ])('finds the way back from %s', (_, change) => {
    const changed = relight(pictures(24), change)
    const found = meanColour(relight(changed, fitLight(network, input, changed)))
    for (const [channel, value] of found.entries())
      expect(Math.abs(value - familiar[channel]!)).toBeLessThan(0.04)
  })

  it('leaves pictures nearly as they are where they are as the network knows them', () => {
    const { gain, offset } = fitLight(network, input, pictures(24))
    for (const value of gain) expect(Math.abs(value - 1)).toBeLessThan(0.1)
    for (const value of offset) expect(Math.abs(value)).toBeLessThan(0.05)
  })
})

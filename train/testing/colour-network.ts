import type { ModelInput } from '../../core/bundle/model-input.ts'
import { networkSpecSchema } from '../../core/network/spec.ts'
import { createRandom } from '../../core/random.ts'
import { allocateSplit, type Split } from '../data/dataset.ts'
import { shipWeights, type ShippedNetwork } from '../models/ship-network.ts'

const size = 8
export const colourInput: ModelInput = {
  width: size,
  height: size,
  channels: 3,
  mean: [0, 0, 0],
  std: [1, 1, 1],
}
/** The colour that the network knows, on the 0–1 scale. */
export const familiar = [0.7, 0.5, 0.3] as const

/**
 * A network that knows pictures by their colours: each of six filters says how far a channel lies above or
 * below the one it knows, and the first class is surer of itself the nearer they are.
 */
export function networkOfColours(): ShippedNetwork {
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
export function familiarPictures(count: number): Split {
  const split = allocateSplit(count, size)
  const random = createRandom('light')
  for (let image = 0; image < count; image++) {
    const change = (random.next() - 0.5) * 0.1
    for (let at = 0; at < size * size * 3; at++)
      split.pixels[image * size * size * 3 + at] = 255 * (familiar[(at % 3) as 0 | 1 | 2] + change)
  }
  return split
}

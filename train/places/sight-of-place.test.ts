import { beforeAll, describe, expect, it } from 'vitest'
import { networkSpecSchema } from '../../core/network/spec.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { splitCount } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { predictImages } from '../models/predict.ts'
import { shipWeights } from '../models/ship-network.ts'
import { colourInput, familiarPictures, networkOfColours } from '../testing/colour-network.ts'
import { relight } from './fit-light.ts'
import { lightOfPlace } from './light-of-place.ts'
import { sightOfPlace } from './sight-of-place.ts'

const network = networkOfColours()
const manifest = { input: colourInput, full: { temperature: 1, mostStrange: -3.8 } } as unknown as Manifest

/** Says the first part where no channel is below the colour that is known, as it is at dusk. */
const encoder = shipWeights(
  networkSpecSchema.parse({ inputShape: [6], layers: [{ kind: 'dense', name: 'code', units: 2 }] }),
  [
    {
      name: 'code/kernel',
      shape: [6, 2],
      values: Float32Array.from({ length: 12 }, (_, at) => (at % 4 === 3 ? 30 : 0)),
    },
    { name: 'code/bias', shape: [2], values: Float32Array.of(10, 0) },
  ],
)

describe('sightOfPlace', () => {
  beforeAll(() => startTrainingBackend())

  it('is of the place in its light, and not of the dark', () => {
    const images = relight(familiarPictures(30), { gain: [0.4, 0.4, 0.4], offset: [0, 0, 0] })
    const { logits, outputs } = predictImages(network, images, colourInput)
    const frames = { images, logits, classes: outputs, count: splitCount(images) }
    const place = lightOfPlace({ full: network, generalist: network }, manifest, frames, [
      ...Array(30).keys(),
    ])!
    const sight = sightOfPlace({ encoder }, place, [0, 0.9, 0.1])
    expect(sight?.code[0]).toBeGreaterThan(0.95)
    expect(sight?.code.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
    expect(sight?.classes).toEqual([0, 0.7, 0.3])
    expect(sightOfPlace({ encoder: undefined }, place, [0.4, 0.6])).toBeUndefined()
  })
})

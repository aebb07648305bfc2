import { beforeAll, describe, expect, it } from 'vitest'
import type { Light } from '../../core/light/light.ts'
import type { Split } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { colourInput, familiar, familiarPictures, networkOfColours } from '../testing/colour-network.ts'
import { fitLight, relight } from './fit-light.ts'

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
    const changed = relight(familiarPictures(24), change)
    const found = meanColour(relight(changed, fitLight(network, colourInput, changed)))
    for (const [channel, value] of found.entries())
      expect(Math.abs(value - familiar[channel]!)).toBeLessThan(0.04)
  })

  it('leaves pictures nearly as they are where they are as the network knows them', () => {
    const { gain, offset } = fitLight(network, colourInput, familiarPictures(24))
    for (const value of gain) expect(Math.abs(value - 1)).toBeLessThan(0.1)
    for (const value of offset) expect(Math.abs(value)).toBeLessThan(0.05)
  })
})

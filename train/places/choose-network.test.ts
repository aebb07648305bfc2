import { beforeAll, describe, expect, it } from 'vitest'
import type { Light } from '../../core/light/light.ts'
import type { Judgement } from '../../core/places/learn-result.ts'
import { splitCount } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { predictImages } from '../models/predict.ts'
import type { ShippedNetwork } from '../models/ship-network.ts'
import { colourInput, familiarPictures, networkOfColours } from '../testing/colour-network.ts'
import { chooseNetwork, type Candidate } from './choose-network.ts'

const [bundled, learned] = [networkOfColours(), networkOfColours()]
const head = { classIndices: [0], prior: [0.8, 0.2] }
const light: Light = { gain: [1, 1, 1], offset: [0, 0, 0] }

/** Chooses where the bundle's network costs so much as it was calibrated, and what is trained nothing. */
async function choose(
  ofBundled: Judgement,
  inLight: Light | undefined,
): Promise<{ candidate: Candidate; trainings: number }> {
  const images = familiarPictures(20)
  images.labels.fill(0)
  const predictions = predictImages(bundled, images, colourInput)
  let trainings = 0
  const candidate = await chooseNetwork({
    input: colourInput,
    head,
    light: inLight,
    kept: images,
    frames: { images, logits: predictions.logits, classes: 2, count: splitCount(images) },
    strangers: familiarPictures(4),
    of: [0, 1, 2, 3],
    has: { network: bundled, judged: { head, predictions, temperature: 0.77, mostStrange: -1 } },
    judge: ({ temperature }) => (temperature === 0.77 ? ofBundled : { misses: 0, wrongHits: 0 }),
    train: () => {
      trainings++
      return Promise.resolve<ShippedNetwork[]>([learned])
    },
  })
  return { candidate, trainings }
}

describe('chooseNetwork', () => {
  beforeAll(() => startTrainingBackend())

  it('trains nothing where what the bundle has is enough in the light of the place, and leaves its bounds', async () => {
    const { candidate, trainings } = await choose({ misses: 0.1, wrongHits: 0 }, light)
    expect(trainings).toBe(0)
    expect(candidate.shipped).toBe(bundled)
    expect(candidate.network).toMatchObject({ temperature: 0.77, mostStrange: -1 })
  })

  it('trains where it misses more, or is wrong', async () => {
    for (const judgement of [
      { misses: 0.3, wrongHits: 0 },
      { misses: 0, wrongHits: 0.03 },
    ]) {
      const { candidate, trainings } = await choose(judgement, light)
      expect(trainings).toBe(1)
      expect(candidate.shipped).toBe(learned)
    }
  })

  it('trains where the place has no light, however good what the bundle has: that knew it already', async () => {
    expect((await choose({ misses: 0, wrongHits: 0 }, undefined)).candidate.shipped).toBe(learned)
  })
})

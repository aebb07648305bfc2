import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import type { Light, Lighting } from '../../core/light/light.ts'
import type { FrameInference } from './inference.ts'
import { lightsOf, lookAgain } from './look-again.ts'

const brighter = (gain: number): Light => ({ gain: [gain, gain, gain], offset: [0, 0, 0] })

/** A bundle in which so many places were learned, each in its light, the latest last. */
async function learnedIn(lights: readonly (Light | undefined)[]): Promise<Manifest> {
  const { manifest } = await createSampleBundle()
  const [one] = manifest.partitions
  const judgement = { misses: 0, wrongHits: 0 }
  return {
    ...manifest,
    full: { ...manifest.full, mostStrange: -2 },
    partitions: lights.map((light, at) => ({
      ...one!,
      learned: {
        place: `place-${at}`,
        at: new Date(1_700_000_000_000 + at * 1000).toISOString(),
        frames: 100,
        before: judgement,
        after: judgement,
        ...(light === undefined ? {} : { light }),
      },
    })),
  }
}

/** A full model to which a picture is so strange, by the gain that it is looked at with; it says so. */
const modelOf = (strangenessOf: (gain: number) => number) => {
  const asked: number[] = []
  const ask = (lighting: Lighting): Promise<FrameInference> => {
    const gain = lighting?.gain[0] ?? 1
    asked.push(gain)
    return Promise.resolve({
      logits: Float32Array.of(-2 * strangenessOf(gain), 0),
      codeLogits: Float32Array.of(gain),
      queueMs: 1,
      inferenceMs: gain,
      batchSize: 1,
    })
  }
  return { asked, ask }
}

describe('lookAgain', () => {
  it('asks once where the picture is not strange, and where no place has a light', async () => {
    const known = modelOf(() => -3)
    await lookAgain(await learnedIn([brighter(2)]), known.ask)
    expect(known.asked).toEqual([1])
    const nowhere = modelOf(() => -1)
    await lookAgain(await learnedIn([undefined]), nowhere.ask)
    expect(nowhere.asked).toEqual([1])
  })

  it('takes the least strange of the looks at a strange picture, and says how long all of it took', async () => {
    const { asked, ask } = modelOf((gain) => (gain === 2 ? -4 : gain === 3 ? -3 : -1))
    const found = await lookAgain(await learnedIn([brighter(2), brighter(3)]), ask)
    expect(asked).toEqual([1, 3, 2])
    expect([...found.codeLogits]).toEqual([2])
    expect(found).toMatchObject({ queueMs: 2, inferenceMs: 4 })
  })

  it('keeps the first look where no light makes the picture less strange', async () => {
    const { ask } = modelOf((gain) => -1 / gain)
    expect([...(await lookAgain(await learnedIn([brighter(2)]), ask)).codeLogits]).toEqual([1])
  })
})

it('looks in no more than the three latest lights', async () => {
  const lights = lightsOf(await learnedIn([2, 3, 4, 5].map(brighter)))
  expect(lights.map(({ gain }) => gain[0])).toEqual([5, 4, 3])
})

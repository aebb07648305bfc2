import { beforeAll, describe, expect, it } from 'vitest'
import type { Light } from '../../core/light/light.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { splitCount, type Split } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { colourInput, familiarPictures, networkOfColours } from '../testing/colour-network.ts'
import { relight } from './fit-light.ts'
import { lightOfPlace } from './light-of-place.ts'
import type { PlaceFrames } from './place-frames.ts'

const dusk: Light = { gain: [0.4, 0.4, 0.4], offset: [0, 0, 0] }
/** Familiar pictures are less strange than this, those at dusk more. */
const mostStrange = -3.8

const network = networkOfColours()
const networks = { full: network, generalist: network }
const manifest = (bound: number | undefined) =>
  ({ input: colourInput, full: { mostStrange: bound } }) as unknown as Pick<Manifest, 'input' | 'full'>

/** Frames of which the full model said the other class: it was too dark. */
function framesOf(images: Split): PlaceFrames {
  const count = splitCount(images)
  images.labels.fill(1)
  const logits = Float32Array.from({ length: 2 * count }, (_, at) => at % 2)
  return { images, logits, classes: 2, count }
}

const all = (frames: PlaceFrames): number[] => [...frames.images.labels.keys()]

describe('lightOfPlace', () => {
  beforeAll(() => startTrainingBackend())

  it('finds the light of a dark place, and what the full model says in it', () => {
    const frames = framesOf(relight(familiarPictures(30), dusk))
    const place = lightOfPlace(networks, manifest(mostStrange), frames, all(frames))
    for (const gain of place?.light.gain ?? []) expect(gain).toBeGreaterThan(1.8)
    expect([...(place?.frames.images.labels ?? [])]).toEqual(all(frames).map(() => 0))
    expect(place?.frames.images.pixels).toEqual(relight(frames.images, place!.light).pixels)
    // What was kept is as it was.
    expect(frames.images.labels.every((label) => label === 1)).toBe(true)
  })

  it('leaves the frames alone that are less strange as they are', () => {
    const dark = relight(familiarPictures(20), dusk)
    const frames = framesOf(familiarPictures(30))
    frames.images.pixels.set(dark.pixels, 0)
    const place = lightOfPlace(networks, manifest(mostStrange), frames, all(frames).slice(0, 20))
    const bytes = 8 * 8 * 3
    const shown = place?.frames.images.pixels
    expect(shown?.subarray(20 * bytes)).toEqual(frames.images.pixels.subarray(20 * bytes))
    expect(shown?.subarray(0, 20 * bytes)).toEqual(relight(dark, place!.light).pixels)
  })

  it('goes on in the light that the place has where another is no better', () => {
    const frames = framesOf(relight(familiarPictures(30), dusk))
    const before: Light = { gain: [2.5, 2.5, 2.5], offset: [0, 0, 0] }
    expect(lightOfPlace(networks, manifest(mostStrange), frames, all(frames), before)?.light).toBe(before)
  })

  it('finds none where the frames are not strange, and where nothing says what is', () => {
    const known = framesOf(familiarPictures(30))
    expect(lightOfPlace(networks, manifest(mostStrange), known, all(known))).toBeUndefined()
    const dark = framesOf(relight(familiarPictures(30), dusk))
    expect(lightOfPlace(networks, manifest(undefined), dark, all(dark))).toBeUndefined()
  })
})

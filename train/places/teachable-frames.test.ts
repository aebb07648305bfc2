import { beforeAll, describe, expect, it } from 'vitest'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { splitCount, type Split } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { predictImages } from '../models/predict.ts'
import { colourInput, familiarPictures, networkOfColours } from '../testing/colour-network.ts'
import { relight } from './fit-light.ts'
import type { PlaceFrames } from './place-frames.ts'
import { teachableFrames } from './teachable-frames.ts'

/** Familiar pictures are less strange than this. */
const mostStrange = -3.8

const network = networkOfColours()
const bundle = (bound: number | undefined) => ({
  manifest: { input: colourInput, full: { mostStrange: bound } } as unknown as Pick<
    Manifest,
    'input' | 'full'
  >,
  networks: { full: network, generalist: network },
})

/** Frames with what the full model says of them. */
function framesOf(images: Split): PlaceFrames {
  const { logits, outputs } = predictImages(network, images, colourInput)
  return { images, logits, classes: outputs, count: splitCount(images) }
}

/** Familiar pictures, then as many that no light makes familiar: all of one grey. */
function half(count: number): PlaceFrames {
  const images = familiarPictures(2 * count)
  images.pixels.fill(128, images.pixels.length / 2)
  return framesOf(images)
}

describe('teachableFrames', () => {
  beforeAll(() => startTrainingBackend())

  it('leaves out what is strange to the full model, in the same order of both looks', () => {
    const all = half(70)
    const { kept, frames } = teachableFrames(bundle(mostStrange), all, 0.6, undefined)
    expect(kept.count).toBe(70)
    expect(frames.count).toBe(70)
    const bytes = all.images.pixels.length / 140
    expect(kept.images.pixels).toEqual(all.images.pixels.slice(0, 70 * bytes))
  })

  it('keeps what is familiar in the light of the place', () => {
    const dark = framesOf(relight(familiarPictures(70), { gain: [0.4, 0.4, 0.4], offset: [0, 0, 0] }))
    const { kept, frames, place } = teachableFrames(bundle(mostStrange), dark, 0.6, undefined)
    expect(place).toBeDefined()
    expect(kept.images.pixels).toEqual(dark.images.pixels)
    expect(frames.images.pixels).toEqual(relight(dark.images, place!.light).pixels)
  })

  it('refuses a place that the full model does not know, with how much of it', () => {
    expect(() => teachableFrames(bundle(mostStrange), half(40), 0.6, undefined)).toThrow(
      /does not know this place itself: 40 of 80 frames are strange/,
    )
  })

  it('refuses too few frames, and takes all where nothing says what is strange', () => {
    expect(() => teachableFrames(bundle(undefined), framesOf(familiarPictures(59)), 0.6, undefined)).toThrow(
      'There are 59 frames, and 60 are needed.',
    )
    expect(teachableFrames(bundle(undefined), half(40), 0.6, undefined).kept.count).toBe(80)
  })
})

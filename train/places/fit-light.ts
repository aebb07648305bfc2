import type { ModelInput } from '../../core/bundle/model-input.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { inLight, type Light } from '../../core/light/light.ts'
import type { Split } from '../data/dataset.ts'
import { predictImages } from '../models/predict.ts'
import { logitsOf, type Predictions } from '../models/predictions.ts'
import type { ShippedNetwork } from '../models/ship-network.ts'

type Colours = readonly [number, number, number]

/** Where the search is: gains as logarithms, so that twice and half are as far. */
interface Point {
  readonly logGain: Colours
  readonly offset: Colours
}

interface Direction extends Point {
  readonly step: number
}

const none: Colours = [0, 0, 0]
const all: Colours = [1, 1, 1]
/** First how light it is and how much haze there is, then the colour of the light. */
const ofBrightness: readonly Direction[] = [
  { step: 0.4, logGain: all, offset: none },
  { step: 0.1, logGain: none, offset: all },
]
const ofColour: readonly Direction[] = (
  [
    [1, 0, 0],
    [0, 0, 1],
  ] as const
).flatMap((channel) => [
  { step: 0.1, logGain: channel, offset: none },
  { step: 0.05, logGain: none, offset: channel },
])
/** Steps are halved so often. */
const halvings = 3
/** Where the search begins: as they are, or with so much contrast (logarithms) and so light on the whole. */
const contrasts = [0, 0.4, 0.8, 1.2]
const means = [0.35, 0.5, 0.65]
/** Least and most of a gain, as a logarithm: beyond it there is nothing to be seen. */
const mostLogGain = Math.log(6)
const mostOffset = 3

const add = (a: Colours, b: Colours, by: number): Colours => [
  a[0] + by * b[0],
  a[1] + by * b[1],
  a[2] + by * b[2],
]

const lightAt = ({ logGain, offset }: Point): Light => ({
  gain: [Math.exp(logGain[0]), Math.exp(logGain[1]), Math.exp(logGain[2])],
  offset: [...offset],
})

const isWithin = ({ logGain, offset }: Point): boolean =>
  logGain.every((value) => Math.abs(value) <= mostLogGain) &&
  offset.every((value) => Math.abs(value) <= mostOffset)

/** The pictures of a split in a light. */
export const relight = (split: Split, light: Light): Split => {
  const pixels = new Uint8Array(new SharedArrayBuffer(split.pixels.length))
  pixels.set(inLight(split.pixels, light))
  return { ...split, pixels }
}

/** Mean strangeness of pictures to a network that knows all classes. */
const meanStrangeness = (predictions: Predictions): number => {
  let sum = 0
  for (let image = 0; image < predictions.count; image++)
    sum += strangeness(logitsOf(predictions, image), false)
  return sum / Math.max(1, predictions.count)
}

/** A search from how they are alone does not leave a haze, in which all is as strange a step farther. */
function startsFor({ pixels }: Split): Point[] {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / (255 * Math.max(1, pixels.length))
  const withContrast = (contrast: number, to: number): Point => {
    const offset = to - Math.exp(contrast) * mean
    return { logGain: [contrast, contrast, contrast], offset: [offset, offset, offset] }
  }
  return [
    { logGain: none, offset: none },
    ...contrasts.flatMap((contrast) => means.map((to) => withContrast(contrast, to))),
  ]
}

/**
 * The light in which some pictures are least strange to a network that knows all classes: a search along one
 * number after the other (Hooke and Jeeves 1961, "Direct search" solution of numerical and statistical
 * problems). No label is asked for, as where norms adapt to what they see (Li et al. 2016, Revisiting batch
 * normalization for practical domain adaptation); and six numbers learn nobody's clothes by heart.
 */
export function fitLight(network: ShippedNetwork, input: ModelInput, pictures: Split): Light {
  const costOf = (point: Point): number =>
    isWithin(point)
      ? meanStrangeness(predictImages(network, relight(pictures, lightAt(point)), input))
      : Infinity
  let best = startsFor(pictures)
    .map((point) => ({ point, cost: costOf(point) }))
    .reduce((one, other) => (other.cost < one.cost ? other : one))
  const goAlong = ({ step, logGain, offset }: Direction, scale: number): void => {
    for (const by of [step * scale, -step * scale]) {
      const before = best
      for (;;) {
        const point = {
          logGain: add(best.point.logGain, logGain, by),
          offset: add(best.point.offset, offset, by),
        }
        const cost = costOf(point)
        if (!(cost < best.cost)) break
        best = { point, cost }
      }
      // What led there does not lead back.
      if (best !== before) return
    }
  }
  for (let halving = 0; halving <= halvings; halving++)
    for (const direction of halving === 0 ? ofBrightness : [...ofBrightness, ...ofColour])
      goAlong(direction, 0.5 ** halving)
  return lightAt(best.point)
}

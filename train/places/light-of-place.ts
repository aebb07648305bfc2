import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { argMax } from '../../core/gate/entropy.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import type { Light } from '../../core/light/light.ts'
import { selectImages, splitCount, type Split } from '../data/dataset.ts'
import { isFullGraph } from '../full/full-graph.ts'
import { predictImages } from '../models/predict.ts'
import { logitsOf, type Predictions } from '../models/predictions.ts'
import type { ShippedNetwork } from '../models/ship-network.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import { fitLight, relight } from './fit-light.ts'
import type { PlaceFrames } from './place-frames.ts'

/** Frames that a light is fitted to: some of all along what was learned from. */
const fittedFrames = 96
/** A light counts where the full model finds so much of the frames less strange. */
const leastShareOfFrames = 0.1

const some = (of: readonly number[], most: number): number[] =>
  Array.from(
    { length: Math.min(most, of.length) },
    (_, at) => of[Math.floor((at * of.length) / most)] ?? of[at]!,
  )

const strangeShare = (predictions: Predictions, mostStrange: number): number => {
  let strange = 0
  for (let image = 0; image < predictions.count; image++)
    strange += Number(strangeness(logitsOf(predictions, image), false) > mostStrange)
  return strange / Math.max(1, predictions.count)
}

/** A place in its light: frames as they are best looked at, and what the full model says of them then. */
export interface LitPlace {
  readonly light: Light
  /** Of each frame the less strange look, with the full model's word on it. */
  readonly frames: PlaceFrames
  /** The same with its features. */
  readonly predictions: Predictions
}

/** Of two looks at the same pictures, the less strange one of each. */
export function lessStrange(
  one: Predictions,
  other: Predictions,
  hasElsewhere: boolean,
): { predictions: Predictions; isOther: readonly boolean[] } {
  const logits = one.logits.slice()
  const features = one.features.slice()
  const isOther = Array.from({ length: one.count }, (_, image) => {
    const said = logitsOf(other, image)
    const isBetter = strangeness(said, hasElsewhere) < strangeness(logitsOf(one, image), hasElsewhere)
    if (!isBetter) return false
    logits.set(said, image * one.outputs)
    const { featureSize } = one
    features.set(other.features.subarray(image * featureSize, (image + 1) * featureSize), image * featureSize)
    return true
  })
  return { predictions: { ...one, logits, features }, isOther }
}

/**
 * What a partition says of pictures: as they are and, where it has one, in its light, whichever look is less
 * strange to it, as a phone looks at them.
 */
export function looksOf(
  network: ShippedNetwork,
  input: ModelInput,
  pictures: Split,
  light: Light | undefined,
): Predictions {
  const asTheyAre = predictImages(network, pictures, input)
  if (light === undefined) return asTheyAre
  return lessStrange(asTheyAre, predictImages(network, relight(pictures, light), input), true).predictions
}

/**
 * Finds out whether a place lies in another light than what the bundle was trained on, by the strangeness of
 * its frames. The full model teaches what it says in that light, and not what it said of the dark.
 *
 * @param lessons positions of the frames to learn from
 * @param before the light that the place has already: it stays where no other makes more of them less strange
 * @returns undefined where no light makes the frames less strange to the full model, and where somebody
 * brought that model: it is not asked here
 */
export function lightOfPlace(
  { full, generalist }: Pick<TrainedNetworks, 'full' | 'generalist'>,
  { input, full: { mostStrange } }: Pick<Manifest, 'input' | 'full'>,
  frames: PlaceFrames,
  lessons: readonly number[],
  before?: Light,
): LitPlace | undefined {
  if (isFullGraph(full) || mostStrange === undefined) return undefined
  const fitted = selectImages(frames.images, some(lessons, fittedFrames), input.width)
  const strangeTo = (pictures: Split): number =>
    strangeShare(predictImages(full, pictures, input), mostStrange)
  const lights = [...(before === undefined ? [] : [before]), fitLight(generalist, input, fitted)]
  const tried = lights.map((light) => ({ light, share: strangeTo(relight(fitted, light)) }))
  const { light, share } = tried.reduce((best, one) => (one.share < best.share ? one : best))
  if (share > strangeTo(fitted) - leastShareOfFrames) return undefined
  const lit = relight(frames.images, light)
  const { predictions, isOther } = lessStrange(
    predictImages(full, frames.images, input),
    predictImages(full, lit, input),
    false,
  )
  const bytes = input.width * input.height * 3
  const images = selectImages(frames.images, [...Array.from({ length: splitCount(lit) }).keys()], input.width)
  for (const [frame, isLit] of isOther.entries()) {
    if (isLit) images.pixels.set(lit.pixels.subarray(frame * bytes, (frame + 1) * bytes), frame * bytes)
    images.labels[frame] = argMax(logitsOf(predictions, frame))
  }
  return { light, frames: { ...frames, images, logits: predictions.logits }, predictions }
}

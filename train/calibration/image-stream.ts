import { createRandom } from '../../core/random.ts'
import { orderSessions } from '../../core/streams/order-sessions.ts'
import { drawFrames, placesFor, sceneStream, type SceneKind } from '../../core/streams/scenes.ts'
import type { EvaluationContext } from '../stages/context.ts'

export interface ImageStreamOptions {
  readonly kind: SceneKind
  /** Of a scene, in frames. */
  readonly meanLength: number
  readonly frames: number
  /** Pictures in the split's own order, in sessions of `meanLength` frames: scenes are what was recorded. */
  readonly recorded?: boolean | undefined
}

/** A stream over the images of a split: which image each frame shows. */
export function imageStream(
  context: EvaluationContext,
  labels: Int32Array,
  { kind, meanLength, frames, recorded = false }: ImageStreamOptions,
  name: string,
): number[] {
  const { classNames } = context.dataset
  const seed = `${context.config.seed}-${name}-${kind}-${meanLength}`
  if (recorded) return orderSessions([...labels.keys()], meanLength, frames, createRandom(`${seed}-sessions`))
  const byClass: number[][] = classNames.map(() => [])
  for (const [image, label] of labels.entries()) byClass[label]?.push(image)
  // Strange places are other ones in every split's streams.
  const places =
    kind === 'strange' ? placesFor(classNames, `strange-${name}`) : (context.dataset.places ?? [])
  return drawFrames(
    sceneStream({ kind, places, meanLength, frames, classNames, seed }),
    byClass,
    createRandom(`${seed}-images`),
  )
}

/** A stream of places needs places that are known; all others can be drawn of any classes. */
export const isDrawable = ({ dataset }: Pick<EvaluationContext, 'dataset'>, kind: SceneKind): boolean =>
  kind !== 'places' || dataset.places !== undefined

/**
 * The same stream with pictures of nothing that any network knows: each frame is one of `strangers` with the
 * given chance.
 */
export function withStrangers(
  images: readonly number[],
  strangers: readonly number[],
  chance: number,
  seed: number | string,
): number[] {
  const random = createRandom(seed)
  return images.map((image) => (random.next() < chance ? random.pick(strangers) : image))
}

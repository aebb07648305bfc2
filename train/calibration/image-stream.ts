import { createRandom } from '../../core/random.ts'
import { drawFrames, placesFor, sceneStream, type SceneKind } from '../../core/streams/scenes.ts'
import type { EvaluationContext } from '../stages/context.ts'

export interface ImageStreamOptions {
  readonly kind: SceneKind
  /** Of a scene, in frames. */
  readonly meanLength: number
  readonly frames: number
  /** So many frames one after the other show the same picture, as a camera's do: what a network gets wrong about one it gets wrong about all. */
  readonly hold?: number | undefined
}

/** A stream over the images of a split: which image each frame shows. */
export function imageStream(context: EvaluationContext, labels: Int32Array, { kind, meanLength, frames, hold = 1 }: ImageStreamOptions, name: string): number[] {
  const { classNames } = context.dataset
  const byClass: number[][] = classNames.map(() => [])
  for (const [image, label] of labels.entries()) byClass[label]!.push(image)
  const seed = `${context.config.seed}-${name}-${kind}-${meanLength}`
  // Strange places are other ones in every split's streams.
  const places = kind === 'strange' ? { places: placesFor(classNames, `strange-${name}`) } : {}
  const stream = sceneStream({ kind, ...places, meanLength: Math.max(1, meanLength / hold), frames: Math.ceil(frames / hold), classNames, seed })
  const pictures = drawFrames(stream, byClass, createRandom(`${seed}-images`))
  return hold === 1 ? pictures : pictures.flatMap((picture) => new Array<number>(hold).fill(picture)).slice(0, frames)
}

import { createRandom } from '../../core/random.ts'
import { drawFrames, placesFor, sceneStream, type SceneKind } from '../../core/streams/scenes.ts'
import type { EvaluationContext } from '../stages/context.ts'

/** `strange`: places that no bundle knows, and other ones for calibration than for the report. */
export type StreamKind = SceneKind | 'strange'

export interface ImageStreamOptions {
  readonly kind: StreamKind
  /** Of a scene, in frames. */
  readonly meanLength: number
  readonly frames: number
}

/** A stream over the images of a split: which image each frame shows. */
export function imageStream(context: EvaluationContext, labels: Int32Array, { kind, meanLength, frames }: ImageStreamOptions, name: string): number[] {
  const { classNames } = context.dataset
  const byClass: number[][] = classNames.map(() => [])
  for (const [image, label] of labels.entries()) byClass[label]!.push(image)
  const seed = `${context.config.seed}-${name}-${kind}-${meanLength}`
  const scenes = kind === 'strange' ? { kind: 'places' as const, places: placesFor(classNames, `strange-${name}`) } : { kind }
  return drawFrames(sceneStream({ ...scenes, meanLength, frames, classNames, seed }), byClass, createRandom(`${seed}-images`))
}

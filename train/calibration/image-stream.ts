import { createRandom } from '../../core/random.ts'
import { drawFrames, sceneStream, type SceneKind } from '../../core/streams/scenes.ts'
import type { EvaluationContext } from '../stages/context.ts'

/** A stream over the images of a split: which image each frame shows. */
export function imageStream(context: EvaluationContext, labels: Int32Array, stream: { kind: SceneKind; meanLength: number; frames: number }, name: string): number[] {
  const { classNames } = context.dataset
  const byClass: number[][] = classNames.map(() => [])
  for (const [image, label] of labels.entries()) byClass[label]!.push(image)
  const seed = `${context.config.seed}-${name}-${stream.kind}-${stream.meanLength}`
  return drawFrames(sceneStream({ ...stream, classNames, seed }), byClass, createRandom(`${seed}-images`))
}

import { fullId, strangerLabel, type AnswerTable } from './answer-table.ts'
import { firstLook } from './look.ts'
import type { SceneKnowledge } from './scene-filter.ts'
import { SceneMemory } from './scene-memory.ts'
import type { ScenePriorSettings } from './settings.ts'
import { classCount, lookUpAnswer } from './look-up-answer.ts'

export interface EdgeSceneResult {
  /** Over all frames that show a class. */
  readonly accuracy: number
  /** Of each frame, whether its answer is right (1) or not (0). */
  readonly rightFrames: Uint8Array
}

/**
 * The full model that has the same scene prior: *Edge + scene*, and, in accuracy, *Device + scene*. It is
 * what CacheNet is held against, for a strategy that knows the scene must not be compared with one that does
 * not.
 */
export function simulateEdgeScene(
  images: ArrayLike<number>,
  table: AnswerTable,
  prior: ScenePriorSettings | undefined,
  scenes: SceneKnowledge | undefined,
): EdgeSceneResult {
  const scene = new SceneMemory(scenes)
  const classes = prior === undefined ? 0 : classCount(table)
  let [right, known] = [0, 0]
  const rightFrames = new Uint8Array(images.length)
  for (let frame = 0; frame < images.length; frame++) {
    const image = images[frame] ?? 0
    const factors = scene.factors(prior, classes)
    const { classIndex, probabilities } = lookUpAnswer(table, firstLook(fullId), image, factors)
    scene.see(probabilities, factors, prior, 'edge')
    if (table.labels[image] === strangerLabel) continue
    known++
    rightFrames[frame] = Number(classIndex === table.labels[image])
    right += rightFrames[frame] ?? 0
  }
  return { accuracy: right / Math.max(1, known), rightFrames }
}

/** Accuracy of *Edge + scene*: see `simulateEdgeScene`. */
export const edgeSceneAccuracy = (...stream: Parameters<typeof simulateEdgeScene>): number =>
  simulateEdgeScene(...stream).accuracy

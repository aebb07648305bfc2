import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import type { ScenePriorSettings } from '../../core/gate/settings.ts'
import type { AnswerTable } from '../../core/gate/answer-table.ts'
import { simulateEdgeScene, type EdgeSceneResult } from '../../core/gate/simulate-edge-scene.ts'

/**
 * *Edge + scene* with the prior, or with none, under which it is right most often on a stream: what everybody
 * is held against.
 */
export const bestEdgeScene = (
  images: ArrayLike<number>,
  table: AnswerTable,
  priors: readonly ScenePriorSettings[],
  scenes: SceneKnowledge | undefined,
): EdgeSceneResult =>
  priors
    .map((prior) => simulateEdgeScene(images, table, prior, scenes))
    .reduce(
      (best, result) => (result.accuracy > best.accuracy ? result : best),
      simulateEdgeScene(images, table, undefined, scenes),
    )

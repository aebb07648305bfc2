import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import { defaultPlaces } from '../../core/streams/scenes.ts'
import type { TrainingConfig } from '../config/schema.ts'

/** What a bundle of these classes ships of scenes: the kinds that its gate is calibrated for, and the places that training walked through. */
export function sceneKnowledge(classNames: readonly string[], { localities, knownSceneSurprise }: TrainingConfig['gate']): SceneKnowledge {
  return {
    surpriseChance: knownSceneSurprise,
    localities: localities.map(({ kind, meanLength }) => ({ kind, meanLength })),
    places: defaultPlaces(classNames).map(({ name, weights }) => {
      const weight = Object.values(weights).reduce((sum, value) => sum + value, 0)
      return { name, weight, shares: classNames.map((className) => (weights[className] ?? 0) / weight) }
    }),
  }
}

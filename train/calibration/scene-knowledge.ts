import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import { defaultPlaces } from '../../core/streams/scenes.ts'
import type { TrainingConfig } from '../config/schema.ts'

/** What a bundle of these classes ships of scenes: the kinds that its gate is calibrated for, and the places that training walked through. */
export function sceneKnowledge(classNames: readonly string[], { localities, knownSceneSurprise }: TrainingConfig['gate']): SceneKnowledge {
  return {
    surpriseChance: knownSceneSurprise,
    localities: localities.map(({ kind, meanLength }) => ({ kind, meanLength })),
    places: defaultPlaces(classNames).map(({ name, weights }) => {
      // By a map: a class may be called like something that every object has.
      const ofClass = new Map(Object.entries(weights))
      const weight = [...ofClass.values()].reduce((sum, value) => sum + value, 0)
      return { name, weight, shares: classNames.map((className) => (ofClass.get(className) ?? 0) / weight) }
    }),
  }
}

import type { SceneKnowledge } from '../../core/gate/scene-filter.ts'
import type { TrainingConfig } from '../config/schema.ts'
import type { Dataset } from '../data/dataset.ts'

/**
 * What a bundle ships of scenes: the kinds that its gate is calibrated for, and the places that its data
 * knows. Nothing is invented.
 */
export function sceneKnowledge(
  { classNames, places = [] }: Pick<Dataset, 'classNames' | 'places'>,
  { localities, knownSceneSurprise }: TrainingConfig['gate'],
): SceneKnowledge {
  return {
    surpriseChance: knownSceneSurprise,
    localities: localities.map(({ kind, meanLength }) => ({ kind, meanLength })),
    places: places.map(({ name, weights }) => {
      // By index, for a class may be called like a property that every object has.
      const own = new Map(Object.entries(weights))
      const weight = [...own.values()].reduce((sum, value) => sum + value, 0)
      return { name, weight, shares: classNames.map((className) => (own.get(className) ?? 0) / weight) }
    }),
  }
}

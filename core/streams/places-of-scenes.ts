import type { Place } from './place.ts'

/** What a bundle's manifest says of the places that it knows: see `SceneKnowledge`. */
interface KnownPlaces {
  readonly places: readonly {
    readonly name: string
    readonly weight: number
    readonly shares: readonly number[]
  }[]
}

/** The places that a bundle knows, as streams are drawn from them; undefined where it knows none. */
export function placesOfScenes(
  scenes: KnownPlaces | undefined,
  classNames: readonly string[],
): readonly Place[] | undefined {
  if (scenes === undefined || scenes.places.length === 0) return undefined
  return scenes.places.map(({ name, weight, shares }) => ({
    name,
    weights: Object.fromEntries(
      classNames.flatMap((className, index) =>
        (shares[index] ?? 0) > 0 ? [[className, weight * (shares[index] ?? 0)]] : [],
      ),
    ),
  }))
}

import { forgetPlace, noPlaces, type PlacesState, type Sight } from '../../core/places/find-places.ts'
import type { CheckedAnswers } from '../../core/places/drift.ts'
import type { PlaceFile } from '../../core/places/place-file.ts'

/** An attempt to learn a place, and what came of it. */
export interface Try {
  readonly atMs: number
  readonly stage: 'learned' | 'no-gain' | 'failed'
  readonly message: string
}

/** What devices answered at a place, checked, and how often it drifted since it was learned. */
export interface Checks {
  readonly answers: CheckedAnswers
  readonly drifts: number
}

/** What an edge remembers of the places of a bundle, besides their frames. Plain data; all here is pure. */
export interface PlacesMemory {
  readonly found: PlacesState
  /** Names that people gave. */
  readonly names: ReadonlyMap<string, string>
  readonly tries: ReadonlyMap<string, Try>
  readonly checks: ReadonlyMap<string, Checks>
}

export const nothingRemembered: PlacesMemory = {
  found: noPlaces,
  names: new Map(),
  tries: new Map(),
  checks: new Map(),
}

/** The name that a person gave a place, or else its number. */
export const nameOfPlace = ({ names }: PlacesMemory, place: string): string =>
  names.get(place) ?? `Place ${place.slice('place-'.length)}`

const withEntry = <Value>(
  map: ReadonlyMap<string, Value>,
  place: string,
  value: Value,
): ReadonlyMap<string, Value> => new Map([...map, [place, value]])

const withoutEntry = <Value>(map: ReadonlyMap<string, Value>, place: string): ReadonlyMap<string, Value> =>
  new Map([...map].filter(([other]) => other !== place))

export const withName = (memory: PlacesMemory, place: string, name: string): PlacesMemory => ({
  ...memory,
  names: withEntry(memory.names, place, name),
})

export const withTry = (memory: PlacesMemory, place: string, made: Try): PlacesMemory => ({
  ...memory,
  tries: withEntry(memory.tries, place, made),
})

export const withChecks = (memory: PlacesMemory, place: string, checks: Checks): PlacesMemory => ({
  ...memory,
  checks: withEntry(memory.checks, place, checks),
})

/** The id that the next place has, used up: no id of a place is ever used twice. */
export const takePlaceId = (memory: PlacesMemory): { id: string; memory: PlacesMemory } => ({
  id: `place-${memory.found.nextPlace}`,
  memory: { ...memory, found: { ...memory.found, nextPlace: memory.found.nextPlace + 1 } },
})

/** With a place that is known by what is seen there, `frames` of it. */
export const withSight = (memory: PlacesMemory, id: string, sight: Sight, frames: number): PlacesMemory => ({
  ...memory,
  found: {
    ...memory.found,
    places: [
      ...memory.found.places.filter((place) => place.id !== id),
      { id, sight, frames: Math.max(1, frames) },
    ],
  },
})

/** With a place that came in a file; one that was known already stays as it is. */
export function withImported(memory: PlacesMemory, id: string, file: PlaceFile): PlacesMemory {
  if (memory.names.has(id) || memory.found.places.some((place) => place.id === id)) return memory
  const { name, sight, network } = file
  const seen = sight === undefined ? memory : withSight(memory, id, sight, network.frames)
  const message = 'It came in a file from another edge.'
  return withTry(withName(seen, id, name), id, { atMs: Date.now(), stage: 'learned', message })
}

export const withoutPlace = (memory: PlacesMemory, place: string): PlacesMemory => ({
  found: forgetPlace(memory.found, place),
  names: withoutEntry(memory.names, place),
  tries: withoutEntry(memory.tries, place),
  checks: withoutEntry(memory.checks, place),
})

/** Nothing is left but the number of the next place. */
export const withoutPlaces = ({ found }: PlacesMemory): PlacesMemory => ({
  ...nothingRemembered,
  found: { ...noPlaces, nextPlace: found.nextPlace },
})

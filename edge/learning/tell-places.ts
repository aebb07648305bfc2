import type { Partition } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { PlaceReport } from '../../core/wire/place-report.ts'
import type { LearnedPlaceView, PlaceStage } from '../../core/wire/places.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import type { KeptFrames } from './kept-frames.ts'
import { reportOfPlace } from './place-report.ts'
import { viewOfPlace } from './place-view.ts'
import { nameOfPlace, type PlacesMemory } from './places-memory.ts'

export interface PlacesTellerOptions {
  /** The bundle as it is served now. */
  readonly bundle: () => StoredBundle
  readonly memory: () => PlacesMemory
  readonly frames: Pick<KeptFrames, 'places' | 'countOf' | 'bytesOf' | 'countSince' | 'timesOf'>
  /** New frames of a place that it takes to learn it. */
  readonly framesNeeded: number
  /** Whether a training of it is under way, or waits. */
  readonly trainingOf: (place: string) => 'learning' | 'waiting' | undefined
}

/** What is known of the places of a bundle, for those who ask. */
export interface PlacesTeller {
  ids(): string[]
  /** Throws `place-unknown`. */
  require(place: string): void
  /** What was learned of it, as the bundle has it. */
  partitionOf(place: string): Partition | undefined
  /** New frames that are missing until it is learned, or learned again. */
  framesMissing(place: string): number
  view(place: string): LearnedPlaceView
  /** Throws `place-unknown`. */
  report(place: string): PlaceReport
}

/** A place that drifted is learned anew from so much fewer new frames than another. */
const haste = 2

export function createPlacesTeller(options: PlacesTellerOptions): PlacesTeller {
  const { bundle, memory, frames, framesNeeded, trainingOf } = options

  const driftsOf = (place: string): number => memory().checks.get(place)?.drifts ?? 0
  const partitionOf = (place: string): Partition | undefined =>
    bundle().manifest.partitions.find(({ learned }) => learned?.place === place)

  const framesMissing = (place: string): number => {
    const needed = driftsOf(place) > 0 ? Math.ceil(framesNeeded / haste) : framesNeeded
    return Math.max(0, needed - frames.countSince(place, memory().tries.get(place)?.atMs ?? -Infinity))
  }

  const stageOf = (place: string): PlaceStage => {
    const tried = memory().tries.get(place)?.stage
    // What drifted for the last time was learned, and is not there any more.
    const isGone = tried === 'learned' && partitionOf(place) === undefined
    return trainingOf(place) ?? (isGone ? undefined : tried) ?? 'gathering'
  }

  const ids = (): string[] => [
    ...new Set([
      ...frames.places,
      ...bundle().manifest.partitions.flatMap(({ learned }) => learned?.place ?? []),
    ]),
  ]

  const require = (place: string): void => {
    if (!ids().includes(place))
      throw new CacheNetError('place-unknown', 'The edge has no such place. It may have been forgotten.', {})
  }

  const view = (place: string): LearnedPlaceView =>
    viewOfPlace({
      id: place,
      name: nameOfPlace(memory(), place),
      frames: frames.countOf(place),
      bytes: frames.bytesOf(place),
      stage: stageOf(place),
      framesMissing: framesMissing(place),
      message: memory().tries.get(place)?.message,
      drifts: driftsOf(place),
      partition: partitionOf(place),
    })

  return {
    ids,
    require,
    partitionOf,
    framesMissing,
    view,
    report(place) {
      require(place)
      return reportOfPlace({
        place: view(place),
        atMs: Date.now(),
        timesMs: frames.timesOf(place),
        partition: partitionOf(place),
        tried: memory().tries.get(place),
        answers: memory().checks.get(place)?.answers ?? [],
        sight: memory().found.places.find(({ id }) => id === place)?.sight,
        bundle: bundle(),
      })
    },
  }
}

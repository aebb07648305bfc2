import type { Manifest } from '../../core/bundle/manifest.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import type { Light } from '../../core/light/light.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import { lightOfPlace, type LitPlace } from './light-of-place.ts'
import { logitsAt, selectFrames, type PlaceFrames } from './place-frames.ts'

/** Fewer are no lessons. */
const fewestFrames = 60

/** What of a bundle says what can be taught. */
interface TeachingBundle {
  readonly manifest: Pick<Manifest, 'input' | 'full'>
  readonly networks: Pick<TrainedNetworks, 'full' | 'generalist'>
}

export interface TeachableFrames {
  /** As they came. */
  readonly kept: PlaceFrames
  /** As they are best looked at, with what the full model says of them then. */
  readonly frames: PlaceFrames
  readonly place: LitPlace | undefined
}

/** Frames that are not strange to the full model: all where it has no bound. */
function knownFrames(frames: PlaceFrames, mostStrange: number | undefined): number[] {
  const all = Array.from({ length: frames.count }, (_, frame) => frame)
  if (mostStrange === undefined) return all
  return all.filter((frame) => strangeness(logitsAt(frames, frame), false) <= mostStrange)
}

/**
 * The frames of a place that the full model may teach, in the place's light. What it says of those that are
 * strange to itself is no knowledge, and a partition would learn to be certain of it.
 *
 * @param lessonShare share of the frames, the first, that a light is fitted to
 * @param before the light that the place has already
 * @throws `config-invalid` where too few are left
 */
export function teachableFrames(
  { manifest, networks }: TeachingBundle,
  all: PlaceFrames,
  lessonShare: number,
  before: Light | undefined,
): TeachableFrames {
  if (all.count < fewestFrames)
    throw new CacheNetError(
      'config-invalid',
      `There are ${all.count} frames, and ${fewestFrames} are needed.`,
      {
        frames: all.count,
      },
    )
  const lessons = [...Array(Math.floor(all.count * lessonShare)).keys()]
  const place = lightOfPlace(networks, manifest, all, lessons, before)
  const lit = place?.frames ?? all
  const known = knownFrames(lit, manifest.full.mostStrange)
  if (known.length < fewestFrames)
    throw new CacheNetError(
      'config-invalid',
      `The full model does not know this place itself: ${all.count - known.length} of ${all.count} frames are strange to it. A bundle that was trained on such pictures can learn it.`,
      { frames: all.count, known: known.length },
    )
  const { width } = manifest.input
  return {
    place,
    kept: selectFrames(all, known, width),
    frames: selectFrames(lit, known, width),
  }
}

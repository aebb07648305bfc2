import type { Manifest } from '../../core/bundle/manifest.ts'
import { encodeFeatures } from '../models/encode-features.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { LitPlace } from './light-of-place.ts'
import { sharesOf } from './place-frames.ts'

const meanOf = (rows: readonly Float32Array[]): number[] =>
  Array.from(rows[0] ?? [], (_, at) =>
    // Sums of floats may be a little more than their whole.
    Math.min(1, rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length),
  )

/** What the full model and its encoder see at a place in its light (`Sight`): what it is known again by. */
export function sightOfPlace(
  { encoder }: Pick<TrainedNetworks, 'encoder'>,
  { full: { temperature } }: Pick<Manifest, 'full'>,
  { frames, predictions: { features, featureSize } }: LitPlace,
): { code: number[]; classes: number[] } | undefined {
  if (encoder === undefined) return undefined
  const all = Array.from({ length: frames.count }, (_, frame) => frame)
  return {
    code: meanOf(encodeFeatures(encoder, features, featureSize)),
    classes: Array.from(sharesOf(frames, all, temperature), (share) => Math.min(1, share)),
  }
}

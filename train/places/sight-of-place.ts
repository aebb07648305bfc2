import { encodeFeatures } from '../models/encode-features.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { LitPlace } from './light-of-place.ts'

const meanOf = (rows: readonly Float32Array[]): number[] =>
  Array.from(rows[0] ?? [], (_, at) =>
    // Sums of floats may be a little more than their whole.
    Math.min(1, rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length),
  )

/**
 * What is seen at a place in its light (`Sight`): what it is known again by.
 *
 * @param sceneShares of each class, with those that the place's partition knows and that have not come yet
 */
export function sightOfPlace(
  { encoder }: Pick<TrainedNetworks, 'encoder'>,
  { predictions: { features, featureSize } }: LitPlace,
  sceneShares: readonly number[],
): { code: number[]; classes: number[] } | undefined {
  if (encoder === undefined) return undefined
  return { code: meanOf(encodeFeatures(encoder, features, featureSize)), classes: [...sceneShares] }
}

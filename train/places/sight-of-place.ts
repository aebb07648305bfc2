import { encodeFeatures } from '../models/encode-features.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { LitPlace } from './light-of-place.ts'

const meanOf = (rows: readonly Float32Array[]): number[] =>
  Array.from(rows[0] ?? [], (_, at) =>
    // Sums of floats may be a little more than their whole.
    Math.min(1, rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length),
  )

/**
 * What is seen at a place in its light (`Sight`): what it is known again by. Half of it is evenly of all
 * classes that its partition knows: who has not come yet is of the place, however many frames of others are
 * added.
 *
 * @param sceneShares of each class of the bundle, above 0 of those that the partition knows
 */
export function sightOfPlace(
  { encoder }: Pick<TrainedNetworks, 'encoder'>,
  { predictions: { features, featureSize } }: LitPlace,
  sceneShares: readonly number[],
): { code: number[]; classes: number[] } | undefined {
  if (encoder === undefined) return undefined
  const even = 1 / sceneShares.filter((share) => share > 0).length
  return {
    code: meanOf(encodeFeatures(encoder, features, featureSize)),
    classes: sceneShares.map((share) => (share > 0 ? (share + even) / 2 : 0)),
  }
}

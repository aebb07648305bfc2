import * as z from 'zod/mini'
import { identifierPattern } from '../bundle/identifier.ts'
import { blobRefSchema } from '../bundle/blob-ref.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { longestPlaceName } from '../wire/places.ts'
import { learnedNetworkSchema, sightSchema } from './learn-result.ts'

/** A learned place as a file: what another edge with the same bundle needs to have it too. */
export const placeFileSchema = z.object({
  kind: z.literal('cachenet-place'),
  version: z.literal(1),
  bundle: z.string().check(z.regex(identifierPattern)),
  /** The full model that taught it: another one's classes and answers are others. */
  fullSha256: blobRefSchema.shape.sha256,
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(longestPlaceName)),
  /** When it was learned. */
  at: z.iso.datetime(),
  /** What is seen there, by which its frames are known again. Absent where the edge had forgotten it. */
  sight: z.optional(sightSchema),
  network: learnedNetworkSchema,
  /** `network.whole`, in base64. */
  weights: z.base64(),
})
export type PlaceFile = z.infer<typeof placeFileSchema>

/**
 * What was learned of a place, as the bundle says it; undefined where nothing was.
 *
 * @param place its id
 */
export function learnedNetworkOf(
  { partitions, scenes, classNames }: Pick<Manifest, 'partitions' | 'scenes' | 'classNames'>,
  place: string,
): { network: PlaceFile['network']; at: string } | undefined {
  const partition = partitions.find(({ learned }) => learned?.place === place)
  const learned = partition?.learned
  if (partition?.prior === undefined || learned === undefined) return undefined
  const { classIndices, prior, whole, temperature, mostStrange } = partition
  const { before, after, frames, replaced, scene, at, light } = learned
  const ofScene = scenes?.places.find(({ name }) => name === scene)
  // What took a partition's place came without a scene: its prior says the same.
  const shown = classIndices.reduce((sum, _, output) => sum + (prior[output] ?? 0), 0)
  const shares = new Array<number>(classNames.length).fill(0)
  for (const [output, index] of classIndices.entries()) shares[index] = (prior[output] ?? 0) / shown
  return {
    at,
    network: {
      before,
      after,
      frames,
      whole: { bytes: whole.bytes, sha256: whole.sha256 },
      classIndices,
      prior,
      temperature,
      ...(mostStrange === undefined ? {} : { mostStrange }),
      ...(replaced === undefined ? {} : { replaces: replaced.id }),
      ...(light === undefined ? {} : { light }),
      sceneShares: ofScene?.shares ?? shares,
    },
  }
}

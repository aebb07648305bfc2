import type { Manifest } from '../../core/bundle/manifest.ts'
import type { PartitionHead } from '../../core/bundle/partition-head.ts'

/** What the partition of a place is for. */
export interface PlaceHead {
  readonly head: PartitionHead
  /** How often each class of the head is seen at the place. Sums to 1. */
  readonly shares: readonly number[]
  /** Of each class of the bundle: what a scene of this place says. Sums to 1. */
  readonly sceneShares: readonly number[]
  /** Index of the partition that knows this place already, and would be replaced. */
  readonly replaces: number | undefined
}

/** A class that is seen less often is no class of the place: the full model is wrong so often. */
const leastShare = 0.006
/** A head of more classes is no specialist. */
const mostClasses = 64
/** A partition whose classes show so much of what is seen here knows the place. */
const knownShare = 0.8
/** A class of a partition that is replaced counts as so much at least: it may be back tomorrow. */
const leastOfEvenShare = 0.25
/** So much of what the partition learns from is something else. */
export const elsewhereShare = 0.2

const scaled = (values: readonly number[], to = 1): number[] => {
  const total = values.reduce((sum, value) => sum + value, 0)
  return values.map((value) => (value * to) / total)
}

/**
 * The classes of a place from what the full model saw there. Where a partition of the bundle knows nearly all
 * of it, its classes are taken, so that scenes ask for the learned one as they asked for it.
 *
 * @param seen how often each class of the bundle was seen
 */
export function headOfPlace(
  { partitions }: Pick<Manifest, 'partitions'>,
  seen: Float64Array,
): PlaceHead | undefined {
  const known = partitions.map(({ classIndices, prior }) =>
    prior === undefined ? 0 : classIndices.reduce((sum, index) => sum + (seen[index] ?? 0), 0),
  )
  const best = known.indexOf(Math.max(...known))
  const replaced = (known[best] ?? 0) >= knownShare ? partitions[best] : undefined
  const classIndices =
    replaced?.classIndices ??
    Array.from(seen.keys())
      .filter((index) => seen[index]! >= leastShare)
      .sort((a, b) => seen[b]! - seen[a]!)
      .slice(0, mostClasses)
      .sort((a, b) => a - b)
  if (classIndices.length === 0) return undefined
  const least = replaced === undefined ? 0 : leastOfEvenShare / classIndices.length
  const shares = scaled(classIndices.map((index) => Math.max(least, seen[index]!)))
  const sceneShares = new Array<number>(seen.length).fill(0)
  for (const [at, index] of classIndices.entries()) sceneShares[index] = shares[at]!
  return {
    head: { classIndices, prior: [...scaled(shares, 1 - elsewhereShare), elsewhereShare] },
    shares,
    sceneShares,
    replaces: replaced === undefined ? undefined : best,
  }
}

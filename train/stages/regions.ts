import type { Place } from '../../core/streams/place.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** What a partition is for: contexts that come back, whole, and the classes that are seen there. */
export interface Region {
  /** Names of its contexts. */
  readonly name: string
  /** Places of the data set in this region, or classes where it knows no places. */
  readonly contexts: readonly number[]
  /** In ascending order. A class may live in several regions. */
  readonly classIndices: readonly number[]
  /** How often each of its classes is seen there. Sums to 1. */
  readonly shares: readonly number[]
}

/** A context while it is clustered: one or several that are merged. */
interface Cluster {
  readonly contexts: readonly number[]
  /** How often each class of the data set is seen, times how often the context is met. */
  readonly weights: Float64Array
  /** The same as the full model would see it: a class counts for those that it is taken for, too. */
  readonly seen: Float64Array
}

const sum = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0)

function cosine(a: Float64Array, b: Float64Array): number {
  let [dot, ofA, ofB] = [0, 0, 0]
  for (let index = 0; index < a.length; index++) {
    dot += a[index]! * b[index]!
    ofA += a[index]! ** 2
    ofB += b[index]! ** 2
  }
  return dot === 0 ? 0 : dot / Math.sqrt(ofA * ofB)
}

const merge = (a: Cluster, b: Cluster): Cluster => ({
  contexts: [...a.contexts, ...b.contexts].sort((one, other) => one - other),
  weights: a.weights.map((value, index) => value + b.weights[index]!),
  seen: a.seen.map((value, index) => value + b.seen[index]!),
})

/** A region may be so much larger than an even share of everything before it is merged last. */
const mostOfEvenShare = 1.6

/**
 * Agglomerative clustering: the two clusters that are most alike become one, until there are `count`. Alike
 * is what shows the same classes, or classes that are taken for one another: those belong in one region, so
 * that its partition learns to tell them apart.
 */
function agglomerate(contexts: readonly Cluster[], count: number): Cluster[] {
  const clusters = [...contexts]
  const most = (mostOfEvenShare * sum(clusters.map(({ weights }) => sum(weights)))) / count
  while (clusters.length > count) {
    let best: { readonly pair: readonly [number, number]; readonly likeness: number } | undefined
    for (let first = 0; first < clusters.length; first++) {
      for (let second = first + 1; second < clusters.length; second++) {
        const [a, b] = [clusters[first]!, clusters[second]!]
        const isTooLarge = sum(a.weights) + sum(b.weights) > most
        // Of those that would grow too large the smallest, and after all others.
        const likeness = isTooLarge ? -(sum(a.weights) + sum(b.weights)) / most : cosine(a.seen, b.seen)
        if (best === undefined || likeness > best.likeness) best = { pair: [first, second], likeness }
      }
    }
    const [first, second] = best!.pair
    const merged = merge(clusters[first]!, clusters[second]!)
    clusters.splice(second, 1)
    clusters[first] = merged
  }
  return clusters
}

const seenAs = (weights: Float64Array, confusion: readonly Float64Array[]): Float64Array => {
  const seen = new Float64Array(weights.length)
  for (const [from, weight] of weights.entries()) {
    if (weight > 0) for (const [to, share] of confusion[from]!.entries()) seen[to]! += weight * share
  }
  return seen
}

/**
 * Regions of what stays together: every region whole places, where the data set knows some; otherwise classes
 * that the full model confuses. There are `count` of them, or as many as there are contexts.
 *
 * @param confusion [C][C], what the full model says of validation images of each class, on average; rows sum
 * to 1
 */
export function formRegions(
  classNames: readonly string[],
  places: readonly Place[] | undefined,
  confusion: readonly Float64Array[],
  count: number,
): Region[] {
  const contexts = contextsOf(classNames, places)
  const start = contexts.map(({ weights }, context): Cluster => ({
    contexts: [context],
    weights,
    seen: seenAs(weights, confusion),
  }))
  return agglomerate(start, Math.min(count, start.length)).map(({ contexts: held, weights }) => {
    const total = sum(weights)
    const classIndices = Array.from(weights.keys()).filter((index) => weights[index]! > 0)
    return {
      name: held.map((context) => contexts[context]!.name).join(', '),
      contexts: held,
      classIndices,
      shares: classIndices.map((index) => weights[index]! / total),
    }
  })
}

/** Places, or each class by itself. */
function contextsOf(
  classNames: readonly string[],
  places: readonly Place[] | undefined,
): { name: string; weights: Float64Array }[] {
  if (places === undefined || places.length < 2)
    return classNames.map((name, index) => ({
      name,
      weights: Float64Array.from(classNames, (_, other) => Number(other === index)),
    }))
  const unknown = places
    .flatMap(({ weights }) => Object.keys(weights))
    .filter((name) => !classNames.includes(name))
  if (unknown.length > 0) {
    throw new CacheNetError(
      'config-invalid',
      `The scenes name ${unknown.slice(0, 5).join(', ')}, and the data has no such class.`,
      { unknown },
    )
  }
  // A class may be called like a property that every object has.
  const weightOf = (weights: Place['weights'], className: string): number =>
    Object.hasOwn(weights, className) ? weights[className]! : 0
  return places.map(({ name, weights }) => ({
    name,
    weights: Float64Array.from(classNames, (className) => weightOf(weights, className)),
  }))
}

/** A class of a region is shown at least so much of an even share: what is rare there must be known too. */
const leastOfEvenShare = 0.5

/**
 * Images of a region as its partition learns them, each class as often as it is seen there: rare ones come up
 * again, so that a pass over them shows the region's own frequencies. As long as the list of all images of
 * its classes.
 *
 * @param imagesOfClass indices by class
 */
export function imagesOfRegion(
  { classIndices, shares }: Pick<Region, 'classIndices' | 'shares'>,
  imagesOfClass: readonly (readonly number[])[],
): number[] {
  const floored = shares.map((share) => Math.max(share, leastOfEvenShare / shares.length))
  const total = sum(floored)
  const count = classIndices.reduce((images, index) => images + imagesOfClass[index]!.length, 0)
  return classIndices.flatMap((index, position) => {
    const images = imagesOfClass[index]!
    const wanted = images.length === 0 ? 0 : Math.max(1, Math.round((count * floored[position]!) / total))
    return Array.from({ length: wanted }, (_, at) => images[at % images.length]!)
  })
}

import type { PartitionHead } from '../bundle/partition-head.ts'

/**
 * What a partition with a head of its own says of a frame, in the words of all classes. Its outputs are p(i |
 * x) under how often each came in training, so p(x | i) ∝ p(i | x) / prior_i; of the classes that it does not
 * know it says the same of each, p(x | something else). A scene's prior comes on top by Bayes' rule, as it
 * does for networks that know all classes (`scene-prior.ts`).
 */
export interface PartitionAnswer {
  /**
   * Of each class of the bundle; what is given to something else is spread over the classes that the
   * partition does not know. Sums to 1.
   */
  readonly probabilities: Float32Array<ArrayBuffer>
  /** Over its own classes and something else as one, in nats. */
  readonly entropyNats: number
  /** The likeliest of its own classes. */
  readonly classIndex: number
  /** Whether something else is likelier than each of its own classes: then it has no answer. */
  readonly isElsewhere: boolean
}

/**
 * @param outputs p(i | x), one for each class of the head and, last, for something else; sums to 1
 * @param classes of the bundle
 * @param factors what the scene makes of each class, π_c · C; left out, the partition's own training is taken
 * for the scene
 */
export function answerOfPartition(
  head: PartitionHead,
  outputs: ArrayLike<number>,
  classes: number,
  factors: ArrayLike<number> | undefined,
): PartitionAnswer {
  const { classIndices, prior } = head
  const own = classIndices.length
  const elsewhere = classes - own
  // Weights of each class, and of one class that the partition does not know.
  const probabilities = new Float32Array(classes)
  const outside = elsewhere === 0 ? 0 : (outputs[own] ?? 0) / (prior[own] ?? 1)
  let [sumOutside, sumOwn] = [0, 0]
  if (factors === undefined) {
    const evenly = elsewhere === 0 ? 0 : (outputs[own] ?? 0) / elsewhere
    probabilities.fill(evenly)
    sumOutside = evenly * elsewhere
  } else {
    for (let index = 0; index < classes; index++)
      sumOutside += probabilities[index] = outside * (factors[index] ?? 1)
  }
  let [best, bestWeight] = [0, -1]
  for (let output = 0; output < own; output++) {
    const index = classIndices[output] ?? 0
    const weight =
      factors === undefined
        ? (outputs[output] ?? 0)
        : ((outputs[output] ?? 0) / (prior[output] ?? 1)) * (factors[index] ?? 1)
    if (factors !== undefined) sumOutside -= probabilities[index] ?? 0
    probabilities[index] = weight
    sumOwn += weight
    if (weight > bestWeight) [best, bestWeight] = [index, weight]
  }
  sumOutside = Math.max(0, sumOutside)
  const sum = sumOwn + sumOutside
  let entropyNats = 0
  const add = (weight: number): void => {
    const p = weight / sum
    if (p > 0) entropyNats -= p * Math.log(p)
  }
  for (const index of classIndices) add(probabilities[index] ?? 0)
  add(sumOutside)
  for (let index = 0; index < classes; index++) probabilities[index] = (probabilities[index] ?? 0) / sum
  return {
    probabilities,
    // Nothing is added up from what is no number: that would be no entropy at all.
    entropyNats: Number.isFinite(sum) && sum > 0 ? Math.max(0, entropyNats) : Infinity,
    classIndex: best,
    isElsewhere: !(bestWeight > sumOutside),
  }
}

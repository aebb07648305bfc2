import * as tf from '@tensorflow/tfjs-core'

/** H(p) = −Σ p ln p along the last axis. */
const entropy = (probabilities: tf.Tensor): tf.Tensor =>
  tf.neg(tf.sum(tf.mul(probabilities, tf.log(tf.add(probabilities, 1e-8))), -1))

/**
 * I(x; k) = H( E_x c ) − E_x H( c ), in nats: the first term keeps the areas of the partitions even, the second makes codes decide
 * (Bridle et al. 1991; Hu et al. 2017).
 *
 * @param codes [batch, K], rows on the simplex
 */
export function mutualInformation(codes: tf.Tensor2D): tf.Scalar {
  const areas = tf.mean(codes, 0)
  return tf.sub(entropy(areas), tf.mean(entropy(codes)))
}

/**
 * Coherence: cross-entropy of each code against the mean code of its scene, gradient stopped through the mean. Frames that are
 * neighbours in a stream come to share a code.
 *
 * @param codes [scenes · framesPerScene, K], a scene's frames one after the other
 */
export function incoherence(codes: tf.Tensor2D, framesPerScene: number): tf.Scalar {
  const [rows, partitions] = codes.shape
  const byScene = tf.reshape(codes, [rows / framesPerScene, framesPerScene, partitions])
  const target = tf.mean(byScene, 1, true)
  // As data, not as a function of the codes.
  const fixed = tf.tensor3d(target.dataSync<'float32'>(), target.shape as [number, number, number])
  return tf.neg(tf.mean(tf.sum(tf.mul(fixed, tf.log(tf.add(byScene, 1e-8))), -1)))
}

/** P(x) = { k | c_k(x) ≥ τ_c / 2 } with τ_c = `threshold` · max_k c_k(x): never empty, and more than one where the code hesitates. */
export function membership(code: ArrayLike<number>, threshold: number): number[] {
  let largest = 0
  for (let index = 0; index < code.length; index++) largest = Math.max(largest, code[index]!)
  return Array.from({ length: code.length }, (_, index) => index).filter((index) => code[index]! >= (threshold * largest) / 2)
}

/** Which partitions each image belongs to: P(x) of its own code, and those that hold a good part of its class. */
export type Memberships = readonly ReadonlySet<number>[]

/**
 * @param codes c(x) of each image
 * @param labels class of each image
 * @param settings `wholeClassShare`: share of its class's code at which a partition takes all of the class
 */
export function memberships(
  codes: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  settings: { readonly membershipThreshold: number; readonly wholeClassShare: number },
): Memberships {
  const partitions = codes[0]?.length ?? 0
  const sums = new Map<number, { readonly code: Float64Array; count: number }>()
  for (const [image, code] of codes.entries()) {
    const label = labels[image]!
    const sum = sums.get(label) ?? { code: new Float64Array(partitions), count: 0 }
    sum.count++
    for (let index = 0; index < partitions; index++) sum.code[index]! += code[index]!
    sums.set(label, sum)
  }
  const ofClass = new Map(
    [...sums].map(([label, { code, count }]) => [label, Array.from(code.keys()).filter((index) => settings.wholeClassShare < 1 && code[index]! >= settings.wholeClassShare * count)]),
  )
  return codes.map((code, image) => new Set([...membership(code, settings.membershipThreshold), ...ofClass.get(labels[image]!)!]))
}

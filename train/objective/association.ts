import * as tf from '@tensorflow/tfjs-core'

const balancingRounds = 30

/**
 * Where each image would go if the partitions chose: softmax_k(−ℓ_k(x)/T), ℓ_k the loss of partition k on it, then scaled per partition
 * until all are chosen equally often. Without that the partition that is best by chance gets all, and becomes better still: TeamNet (Fang
 * et al. 2019) answers "richer gets richer" with a factor an expert too; here it is found by alternating scaling (Sinkhorn & Knopp 1967).
 *
 * @param losses [images, K], row by row
 * @returns [images, K], rows on the simplex, columns of equal sums
 */
export function associationTargets(losses: Float32Array, partitions: number, temperature: number): Float32Array {
  const images = losses.length / partitions
  const targets = new Float32Array(losses.length)
  for (let image = 0; image < images; image++) {
    const row = losses.subarray(image * partitions, (image + 1) * partitions)
    const least = Math.min(...row)
    for (const [index, loss] of row.entries()) targets[image * partitions + index] = Math.exp((least - loss) / temperature)
  }
  const columns = new Float64Array(partitions)
  for (let round = 0; round < balancingRounds; round++) {
    columns.fill(0)
    for (let index = 0; index < targets.length; index++) columns[index % partitions]! += targets[index]!
    for (let index = 0; index < targets.length; index++) targets[index]! *= images / partitions / Math.max(1e-12, columns[index % partitions]!)
    for (let image = 0; image < images; image++) {
      const row = targets.subarray(image * partitions, (image + 1) * partitions)
      const sum = row.reduce((total, value) => total + value, 0)
      for (let index = 0; index < partitions; index++) row[index]! /= Math.max(1e-12, sum)
    }
  }
  return targets
}

/** Cross-entropy of the codes against where the partitions would have them; no gradient goes into the targets. */
export function association(codes: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.log(tf.add(codes, 1e-8))), -1)))
}

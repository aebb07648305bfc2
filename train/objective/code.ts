import * as tf from '@tensorflow/tfjs-core'

/** H(p) = −Σ p ln p along the last axis. */
const entropy = (probabilities: tf.Tensor): tf.Tensor =>
  tf.neg(tf.sum(tf.mul(probabilities, tf.log(tf.add(probabilities, 1e-8))), -1))

/**
 * I(x; k) = H( E_x c ) − E_x H( c ), in nats: the first term keeps the areas of the partitions even, the
 * second makes codes decide (Bridle et al. 1991; Hu et al. 2017).
 *
 * @param codes [batch, K], rows on the simplex
 */
export function mutualInformation(codes: tf.Tensor2D): tf.Scalar {
  const areas = tf.mean(codes, 0)
  return tf.sub(entropy(areas), tf.mean(entropy(codes)))
}

/**
 * H(region, c): the code of a frame is drawn to the region of its scene, so that what stays together keeps
 * its partition.
 *
 * @param codes [batch, K], rows on the simplex
 * @param regions [batch, K], one-hot
 */
export const regionCrossEntropy = (codes: tf.Tensor2D, regions: tf.Tensor2D): tf.Scalar =>
  tf.neg(tf.mean(tf.sum(tf.mul(tf.cast(regions, 'float32'), tf.log(tf.add(codes, 1e-8))), -1)))

import * as tf from '@tensorflow/tfjs-core'
import type { JobHead } from './job.ts'

/** ln of the chance that a teacher which is told the region gives to something else. */
const elsewhereLogit = -30

/**
 * What a teacher of all classes says once it is told the region: its logits of the region's classes, each
 * with the log of how often it is seen there (Bayes' rule for another prior), and next to nothing for
 * something else.
 *
 * @param logits [images, C]
 * @returns [images, outputs of the head]
 */
export function tellRegion(logits: tf.Tensor2D, { classIndices, logShares }: JobHead): tf.Tensor2D {
  return tf.tidy(() => {
    const own = tf.add(
      tf.gather(logits, tf.tensor1d(classIndices, 'int32'), 1),
      tf.tensor2d(logShares, [1, logShares.length]),
    )
    // Logits are known up to a constant an image: the largest is at 0, so that something else is unlikely
    // beside it.
    const settled = tf.sub(own, tf.max(own, 1, true))
    return tf.concat([settled, tf.fill([logits.shape[0], 1], elsewhereLogit)], 1) as tf.Tensor2D
  })
}

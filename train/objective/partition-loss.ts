import * as tf from '@tensorflow/tfjs-core'
import type { PartitionLossSettings } from '../config/schema.ts'

/** The parts of the loss, by what they hold an answer against. */
export const lossTerms = ['labels', 'teacher', 'outside'] as const
export type LossTerm = (typeof lossTerms)[number]

export interface PartitionLossInputs {
  /** [members + outsiders, classes] */
  readonly logits: tf.Tensor2D
  /** Class of each member. */
  readonly labels: tf.Tensor1D
  readonly outsiders: number
  /**
   * The output that stands for something else; undefined where outsiders are to make the network uncertain.
   */
  readonly elsewhere?: number | undefined
  /** [members, classes] logits of the full model on the same images, where it teaches. */
  readonly teacherLogits: tf.Tensor2D | undefined
  /**
   * Where each member is two images in one (mixup): the share of its own, [members], and what the other is,
   * as `labels` and `teacherLogits` say it of the first.
   */
  readonly mix?:
    | {
        readonly shares: tf.Tensor1D
        readonly labels: tf.Tensor1D
        readonly teacherLogits: tf.Tensor2D | undefined
      }
    | undefined
  /** Examples in the whole batch, over all threads: what the sum is divided by. */
  readonly batchSize: number
  /** Hears each part of the sum, so that a loss that is no number can be told from which. */
  readonly onTerm?: ((term: LossTerm, value: number) => void) | undefined
}

/**
 * One partition's share of J_F, as a sum over its examples divided by the batch size:
 *
 *   inside:  (1 − δ) · H(smoothed y, ŷ) + δ · T² · H(softmax(t/T), softmax(logits/T)), t the teacher's logits
 *   outside: w · H(something else, ŷ)       where the head has such an output: "this is none of mine"
 *            w · H(1/C, ŷ)                  where it has none: "be uncertain here"
 *
 * Of two images in one, y and softmax(t/T) are the mean of both, by their shares.
 * The first line is J_F with distillation (Hinton et al. 2015); the others are the entropy-outside term.
 */
export function partitionLoss(
  { logits, labels, outsiders, elsewhere, teacherLogits, mix, batchSize, onTerm }: PartitionLossInputs,
  { labelSmoothing, distillation, distillationTemperature, outsideWeight }: PartitionLossSettings,
): tf.Scalar {
  return tf.tidy(() => {
    const tell = (term: LossTerm, value: tf.Tensor): void => onTerm?.(term, value.dataSync<'float32'>()[0]!)
    const [rows, classes] = logits.shape
    const members = rows - outsiders
    const inside = tf.slice(logits, [0, 0], [members, classes])
    const share = mix === undefined ? undefined : tf.reshape(mix.shares, [members, 1])
    const both = (own: tf.Tensor, other: tf.Tensor | undefined): tf.Tensor =>
      share === undefined || other === undefined
        ? own
        : tf.add(tf.mul(own, share), tf.mul(other, tf.sub(1, share)))
    const ones = (of: tf.Tensor1D): tf.Tensor => tf.oneHot(tf.cast(of, 'int32'), classes)
    const named = both(ones(labels), mix === undefined ? undefined : ones(mix.labels))
    const hard = tf.add(tf.mul(named, 1 - labelSmoothing), labelSmoothing / classes)
    let loss: tf.Scalar = tf.mul(tf.sum(tf.mul(hard, tf.logSoftmax(inside))), -1)
    tell('labels', loss)
    if (teacherLogits !== undefined && distillation > 0) {
      const softOf = (told: tf.Tensor2D): tf.Tensor => tf.softmax(tf.div(told, distillationTemperature))
      const soft = both(
        softOf(teacherLogits),
        mix?.teacherLogits === undefined ? undefined : softOf(mix.teacherLogits),
      )
      const student = tf.logSoftmax(tf.div(inside, distillationTemperature))
      const cross: tf.Scalar = tf.mul(tf.sum(tf.mul(soft, student)), -(distillationTemperature ** 2))
      tell('teacher', cross)
      loss = tf.add(tf.mul(loss, 1 - distillation), tf.mul(cross, distillation))
    }
    if (outsiders > 0 && outsideWeight > 0) {
      const outside = tf.logSoftmax(tf.slice(logits, [members, 0], [outsiders, classes]))
      const wanted =
        elsewhere === undefined
          ? tf.div(tf.sum(outside), classes)
          : tf.sum(tf.slice(outside, [0, elsewhere], [outsiders, 1]))
      tell('outside', wanted)
      loss = tf.add(loss, tf.mul(wanted, -outsideWeight))
    }
    return tf.div(loss, batchSize)
  })
}

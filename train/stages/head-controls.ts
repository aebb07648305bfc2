import * as tf from '@tensorflow/tfjs-core'
import { argMax } from '../../core/gate/entropy.ts'
import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import { createRandom } from '../../core/random.ts'
import { predictImages, type Predictions } from '../models/predict.ts'
import type { TrainedNetworks } from '../models/trained-networks.ts'
import type { EvaluationContext } from './context.ts'
import { imagesOfHead } from './region-images.ts'

/**
 * The control that decides over a partition: the generalist's own features, and a linear head that was
 * trained anew on the region's images and knows its classes alone. What the partition beats it by, it has
 * learnt below the head.
 */
export interface HeadControl {
  /** [features, classes of the region] */
  readonly kernel: Float32Array
  readonly bias: Float32Array
}

const [steps, batchSize, learningRate, decay] = [400, 256, 0.01, 1e-4]

/** Multinomial logistic regression on standardised features, by Adam. */
function trainHead(
  { features, featureSize }: Predictions,
  head: PartitionHead,
  labels: Int32Array,
  seed: string,
): HeadControl {
  const { inside } = imagesOfHead(head, labels)
  const outputOf = new Map(head.classIndices.map((index, output) => [index, output]))
  const random = createRandom(seed)
  const classes = head.classIndices.length
  const kernel = tf.variable(tf.zeros([featureSize, classes]))
  const bias = tf.variable(tf.zeros([classes]))
  const optimizer = tf.train.adam(learningRate)
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const images = Array.from({ length: batchSize }, () => random.pick(inside))
      const rows = new Float32Array(batchSize * featureSize)
      for (const [row, image] of images.entries())
        rows.set(features.subarray(image * featureSize, (image + 1) * featureSize), row * featureSize)
      const x = tf.tensor2d(rows, [batchSize, featureSize])
      const y = tf.oneHot(
        tf.tensor1d(
          images.map((image) => outputOf.get(labels[image]!)!),
          'int32',
        ),
        classes,
      )
      optimizer.minimize(() => {
        const logits = tf.add(tf.matMul(x, kernel as unknown as tf.Tensor2D), bias)
        const loss = tf.neg(tf.mean(tf.sum(tf.mul(tf.cast(y, 'float32'), tf.logSoftmax(logits)), -1)))
        return tf.add<tf.Scalar>(loss, tf.mul(tf.sum(tf.square(kernel)), decay))
      })
    })
  }
  const trained = { kernel: kernel.dataSync<'float32'>().slice(), bias: bias.dataSync<'float32'>().slice() }
  tf.dispose([kernel, bias])
  optimizer.dispose()
  return trained
}

/** The control of every partition that has a head of its own, in the order of the partitions. */
export function trainHeadControls(
  { config, dataset, input, progress }: EvaluationContext,
  { generalist, partitions }: TrainedNetworks,
): readonly (HeadControl | undefined)[] {
  if (partitions.every(({ head }) => head === undefined)) return []
  progress.start()
  const predictions = predictImages(generalist, dataset.train, input, (done, of) =>
    progress.count('controls', done, of),
  )
  // A region of one class leaves a head nothing to tell apart.
  return partitions.map(({ head }, index) =>
    head === undefined || head.classIndices.length < 2
      ? undefined
      : trainHead(predictions, head, dataset.train.labels, `${config.seed} control ${index}`),
  )
}

/** Share of `images` that the control answers rightly. */
export function controlAccuracy(
  { kernel, bias }: HeadControl,
  { features, featureSize }: Predictions,
  head: PartitionHead,
  labels: Int32Array,
  images: readonly number[],
): number {
  const classes = bias.length
  const right = images.filter((image) => {
    const logits = Float64Array.from(bias)
    for (let feature = 0; feature < featureSize; feature++) {
      const value = features[image * featureSize + feature]!
      for (let output = 0; output < classes; output++)
        logits[output]! += value * kernel[feature * classes + output]!
    }
    return head.classIndices[argMax(logits)] === labels[image]
  })
  return right.length / Math.max(1, images.length)
}

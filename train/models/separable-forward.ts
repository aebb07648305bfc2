import * as tf from '@tensorflow/tfjs-core'
import { batchNorm, type BatchStatistics } from '../kernels/batch-norm.ts'
import { separableBlocks, type SeparableArchitecture, type SeparableStep } from './separable.ts'

/**
 * All of a separable network between the whitening convolution and the head, as it trains.
 *
 * @param x [batch, height, width, 24], whitened
 * @returns [batch, channels]: what the head reads
 */
export function separableForward(
  architecture: SeparableArchitecture,
  weight: (name: string) => tf.Tensor,
  x: tf.Tensor4D,
  onStatistics: (layer: string, statistics: BatchStatistics) => void,
): tf.Tensor2D {
  const convolve = ({ name, kind, inputs, stride }: SeparableStep, hidden: tf.Tensor4D): tf.Tensor4D => {
    const kernel = weight(`${name}/kernel`)
    return kind === 'pointwise'
      ? tf.conv2d(hidden, kernel as tf.Tensor4D, 1, 'same')
      : tf.depthwiseConv2d(hidden, tf.reshape(kernel, [3, 3, inputs, 1]), stride, 'same')
  }
  const step = (hidden: tf.Tensor4D, layer: SeparableStep): tf.Tensor4D =>
    batchNorm(
      convolve(layer, hidden),
      weight(`${layer.name}/gain`) as tf.Tensor1D,
      weight(`${layer.name}/shift`) as tf.Tensor1D,
      layer.activation,
      (statistics) => onStatistics(layer.name, statistics),
    )
  const hidden = separableBlocks(architecture).reduce((before, { steps, isResidual }) => {
    const branch = steps.reduce(step, before)
    return isResidual ? tf.add<tf.Tensor4D>(before, branch) : branch
  }, x)
  const [batch, height, width, channels] = hidden.shape
  return tf.mean(tf.reshape(hidden, [batch, height * width, channels]), 1)
}

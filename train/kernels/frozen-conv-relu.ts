import { engine, FusedConv2D, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core'

/**
 * A convolution, its bias and a ReLU in one kernel, for a layer that is never trained: it has no gradient,
 * and asking for one is an error. tf.fused.conv2d comes apart into three passes over the memory wherever
 * gradients are computed at all.
 *
 * @param x [batch, height, width, in]
 * @param filter [kh, kw, in, out], no padding
 */
export function frozenConvRelu(x: Tensor4D, filter: Tensor4D, bias: Tensor1D, stride: number): Tensor4D {
  const attributes = {
    strides: [stride, stride],
    pad: 'valid',
    dataFormat: 'NHWC',
    dilations: [1, 1],
    activation: 'relu',
  }
  return engine().runKernel<Tensor4D>(FusedConv2D, { x, filter, bias }, attributes)
}

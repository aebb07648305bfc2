import * as tf from '@tensorflow/tfjs-core'
import type { NamedTensor } from '../bundle/weights.ts'
import type { NetworkSpec } from './spec.ts'
import { depthwiseKernelSize } from './depthwise-kernel-size.ts'
import type { BranchLayer, ConvLayer, DepthwiseLayer } from './layer.ts'

/** Weights of a network as tensors by name (`conv1/kernel`, `conv1/bias`, …). The holder disposes of them. */
export type NetworkWeights = ReadonlyMap<string, tf.Tensor>

export interface NetworkOutput {
  /** [batch, outputs], before any softmax. */
  readonly logits: tf.Tensor2D
  /** [batch, features]: what the last layer, the head, reads. */
  readonly features: tf.Tensor2D
}

/** Uploads weights to the current backend. */
export function toTensors(weights: readonly NamedTensor[]): Map<string, tf.Tensor> {
  return new Map(weights.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape], 'float32')]))
}

export function disposeWeights(weights: NetworkWeights): void {
  for (const tensor of weights.values()) tensor.dispose()
}

function weight(weights: NetworkWeights, name: string): tf.Tensor {
  const tensor = weights.get(name)
  if (tensor === undefined) throw new Error(`The network has no weights named ${name}.`)
  return tensor
}

function conv(layer: ConvLayer, weights: NetworkWeights, x: tf.Tensor4D): tf.Tensor4D {
  return tf.fused.conv2d({
    x,
    filter: weight(weights, `${layer.name}/kernel`) as tf.Tensor4D,
    bias: weight(weights, `${layer.name}/bias`),
    strides: layer.stride,
    pad: layer.padding,
    activation: layer.activation,
  })
}

function depthwise(layer: DepthwiseLayer, weights: NetworkWeights, x: tf.Tensor4D): tf.Tensor4D {
  const filter = weight(weights, `${layer.name}/kernel`)
  const side = depthwiseKernelSize
  return tf.fused.depthwiseConv2d({
    x,
    filter: tf.reshape(filter, [side, side, x.shape[3], 1]),
    bias: weight(weights, `${layer.name}/bias`),
    strides: layer.stride,
    pad: 'same',
    activation: layer.activation,
  })
}

const branchStep = (layer: BranchLayer, weights: NetworkWeights, x: tf.Tensor4D): tf.Tensor4D =>
  layer.kind === 'conv' ? conv(layer, weights, x) : depthwise(layer, weights, x)

/** As one pooling window over the whole image: on WASM several times as fast as a reduction over two axes. */
function globalPool(mode: 'max' | 'average', x: tf.Tensor4D): tf.Tensor2D {
  const [batch, height, width, channels] = x.shape
  const pooled = (mode === 'max' ? tf.maxPool : tf.avgPool)(x, [height, width], 1, 'valid')
  return tf.reshape(pooled, [batch, channels])
}

/**
 * Runs a network on a batch of inputs, [batch, …spec.inputShape]. Convolution, bias and ReLU are one fused
 * kernel. Intermediate tensors are disposed of; the two outputs belong to the caller.
 */
export function forward(spec: NetworkSpec, weights: NetworkWeights, input: tf.Tensor): NetworkOutput {
  return tf.tidy(() => {
    let x = input
    let features = input
    for (const layer of spec.layers) {
      features = x
      switch (layer.kind) {
        case 'conv':
        case 'depthwise':
          x = branchStep(layer, weights, x as tf.Tensor4D)
          break
        case 'maxPool':
          x = tf.maxPool(x as tf.Tensor4D, layer.poolSize, layer.stride, 'valid')
          break
        case 'globalPool':
          x = globalPool(layer.mode, x as tf.Tensor4D)
          break
        case 'residual':
          x = tf.add(
            x,
            layer.layers.reduce<tf.Tensor4D>(
              (inner, step) => branchStep(step, weights, inner),
              x as tf.Tensor4D,
            ),
          )
          break
        case 'dense':
          x = tf.fused.matMul({
            a: x,
            b: weight(weights, `${layer.name}/kernel`),
            bias: weight(weights, `${layer.name}/bias`),
            activation: layer.activation,
          })
          break
        default:
          layer satisfies never
      }
    }
    // A tidy keeps what it returns; the input itself must not be handed back as a result that the caller
    // disposes of.
    return {
      logits: x as tf.Tensor2D,
      features: (features === input ? features.clone() : features) as tf.Tensor2D,
    }
  })
}

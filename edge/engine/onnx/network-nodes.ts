import onnxProto from 'onnx-proto'
import { planNetwork } from '../../../core/network/plan.ts'
import type { ConvLayer, Layer, NetworkSpec, Shape } from '../../../core/network/spec.ts'
import type { NamedTensor } from '../../../core/bundle/weights.ts'
import { attribute } from './attribute.ts'
import { kernelToOnnx, tensor } from './tensor.ts'

type Node = onnxProto.onnx.INodeProto
type Initializer = onnxProto.onnx.ITensorProto

/** A network as the nodes and weights of a graph, images as [batch, channels, height, width]. */
export interface NetworkNodes {
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  /** Name of the value that the last layer, the head, reads. */
  readonly features: string
  /** Name of the value that the last layer gives. */
  readonly output: string
}

/** ONNX wants [top, left, bottom, right]; TensorFlow's `same` puts what is odd at the end. */
function padsOf({ padding, kernelSize, stride }: ConvLayer, [height = 0, width = 0]: Shape): number[] {
  if (padding === 'valid') return [0, 0, 0, 0]
  const total = (extent: number): number => Math.max((Math.ceil(extent / stride) - 1) * stride + kernelSize - extent, 0)
  const before = [height, width].map((extent) => Math.floor(total(extent) / 2))
  return [...before, ...[height, width].map((extent, axis) => total(extent) - (before[axis] ?? 0))]
}

/**
 * Translates a network of the manifest into ONNX operators.
 *
 * @param prefix keeps the names of two networks in one graph apart
 * @param input name of the value it reads: channels first for images
 */
export function networkNodes(prefix: string, spec: NetworkSpec, weights: readonly NamedTensor[], input: string): NetworkNodes {
  const { shapes } = planNetwork(spec)
  const byName = new Map(weights.map((weight) => [weight.name, weight]))
  const nodes: Node[] = []
  const initializers: Initializer[] = []
  let counter = 0

  const add = (opType: string, inputs: string[], attributes: Node['attribute'] = []): string => {
    const output = `${prefix}/${counter++}/${opType}`
    nodes.push({ opType, name: output, input: inputs, output: [output], attribute: attributes })
    return output
  }
  const weight = (name: string): string => {
    const found = byName.get(name)
    if (found === undefined) throw new Error(`The network has no weights named ${name}.`)
    const full = `${prefix}/${name}`
    initializers.push(found.shape.length === 4 ? kernelToOnnx(full, found) : tensor(full, found.shape, found.values))
    return full
  }
  const activated = (value: string, activation: 'linear' | 'relu'): string => (activation === 'relu' ? add('Relu', [value]) : value)

  const conv = (layer: ConvLayer, value: string, shape: Shape): string => {
    const side = layer.kernelSize
    const attributes = [attribute('kernel_shape', [side, side]), attribute('strides', [layer.stride, layer.stride]), attribute('pads', padsOf(layer, shape))]
    return activated(add('Conv', [value, weight(`${layer.name}/kernel`), weight(`${layer.name}/bias`)], attributes), layer.activation)
  }

  const apply = (layer: Layer, value: string, shape: Shape): string => {
    switch (layer.kind) {
      case 'conv':
        return conv(layer, value, shape)
      case 'maxPool':
        return add('MaxPool', [value], [attribute('kernel_shape', [layer.poolSize, layer.poolSize]), attribute('strides', [layer.stride, layer.stride])])
      case 'globalPool':
        return add('Flatten', [add(layer.mode === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', [value])])
      case 'residual': {
        let inner = value
        let innerShape = shape
        for (const step of layer.layers) {
          inner = conv(step, inner, innerShape)
          innerShape = [Math.ceil((innerShape[0] ?? 0) / step.stride), Math.ceil((innerShape[1] ?? 0) / step.stride), step.filters]
        }
        return add('Add', [value, inner])
      }
      case 'dense':
        return activated(add('Gemm', [value, weight(`${layer.name}/kernel`), weight(`${layer.name}/bias`)]), layer.activation)
      default:
        return layer satisfies never
    }
  }

  let value = input
  let features = input
  for (const [index, layer] of spec.layers.entries()) {
    features = value
    value = apply(layer, value, index === 0 ? spec.inputShape : (shapes[index - 1] ?? []))
  }
  return { nodes, initializers, features, output: value }
}

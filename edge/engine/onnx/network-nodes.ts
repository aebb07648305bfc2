import type { NamedTensor } from '../../../core/bundle/weights.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import type { NetworkSpec } from '../../../core/network/spec.ts'
import { depthwiseKernelSize } from '../../../core/network/depthwise-kernel-size.ts'
import type { BranchLayer, ConvLayer, DepthwiseLayer, Layer, Shape } from '../../../core/network/layer.ts'
import { attribute } from '../../../onnx/attribute.ts'
import type { GraphBuilder } from '../../../onnx/graph-builder.ts'
import { cropped, inLayout, isInsideTiles, poolPositionsFirst, poolTiles, type LaidOut } from './layout.ts'
import { depthwiseKernelToOnnx, kernelToOnnx } from '../../../onnx/tensor.ts'
import { isWorthWinograd, winogradConv } from './winograd-conv.ts'

/** What a network gives, as values of a graph. */
export interface NetworkNodes {
  /** What the last layer, the head, reads. */
  readonly features: LaidOut
  /** What the last layer gives. */
  readonly output: LaidOut
}

export interface NetworkNodesOptions {
  /** The graph is for batches: convolutions in matrix products over the batch where that is faster. */
  readonly isForBatches: boolean
}

/** ONNX wants [top, left, bottom, right]; TensorFlow's `same` puts what is odd at the end. */
function padsOf(
  { padding, kernelSize, stride }: Pick<ConvLayer, 'padding' | 'kernelSize' | 'stride'>,
  [height = 0, width = 0]: Shape,
): number[] {
  if (padding === 'valid') return [0, 0, 0, 0]
  const total = (extent: number): number =>
    Math.max((Math.ceil(extent / stride) - 1) * stride + kernelSize - extent, 0)
  const before = [height, width].map((extent) => Math.floor(total(extent) / 2))
  return [...before, ...[height, width].map((extent, axis) => total(extent) - (before[axis] ?? 0))]
}

function convShape(
  { padding, kernelSize, stride, filters }: ConvLayer,
  [height = 0, width = 0]: Shape,
): Shape {
  const out = (extent: number): number =>
    padding === 'valid' ? Math.floor((extent - kernelSize) / stride) + 1 : Math.ceil(extent / stride)
  return [out(height), out(width), filters]
}

const square = (side: number): number[] => [side, side]

/** Adds a network of the manifest to a graph, in the runtime's operators. */
export function networkNodes(
  graph: GraphBuilder,
  spec: NetworkSpec,
  weights: readonly NamedTensor[],
  input: LaidOut,
  { isForBatches }: NetworkNodesOptions,
): NetworkNodes {
  const { shapes } = planNetwork(spec)
  const byName = new Map(weights.map((weight) => [weight.name, weight]))

  const weight = (name: string): NamedTensor => {
    const found = byName.get(name)
    if (found === undefined) throw new Error(`The network has no weights named ${name}.`)
    return found
  }
  const constant = (name: string): string => graph.floats(name, weight(name).shape, () => weight(name).values)
  const activated = (value: LaidOut, activation: 'linear' | 'relu'): LaidOut =>
    activation === 'relu' ? { ...value, name: graph.add('Relu', [value.name]) } : value

  const directConv = (layer: ConvLayer, value: LaidOut, shape: Shape): LaidOut => {
    const kernel = weight(`${layer.name}/kernel`)
    const turned = kernelToOnnx(kernel)
    const attributes = [
      attribute('kernel_shape', square(layer.kernelSize)),
      attribute('strides', square(layer.stride)),
      attribute('pads', padsOf(layer, value.shape)),
    ]
    const inputs = [
      inLayout(graph, value, 'channels-first').name,
      graph.floats(`${layer.name}/kernel`, turned.shape, () => turned.values),
      constant(`${layer.name}/bias`),
    ]
    return { name: graph.add('Conv', inputs, attributes), layout: 'channels-first', shape }
  }
  const conv = (layer: ConvLayer, value: LaidOut): LaidOut => {
    const isWinograd = isForBatches && isWorthWinograd(layer, value.shape)
    const shape = convShape(layer, value.shape)
    const sum: Omit<LaidOut, 'shape'> = isWinograd
      ? winogradConv(
          graph,
          layer.name,
          weight(`${layer.name}/kernel`),
          constant(`${layer.name}/bias`),
          inLayout(graph, value, 'positions-first'),
        )
      : directConv(layer, value, shape)
    return activated({ ...sum, shape }, layer.activation)
  }
  const depthwise = (layer: DepthwiseLayer, value: LaidOut): LaidOut => {
    const image = cropped(graph, inLayout(graph, value, 'channels-first'))
    const [height = 0, width = 0, channels = 0] = image.shape
    const turned = depthwiseKernelToOnnx(weight(`${layer.name}/kernel`))
    const pads = padsOf({ ...layer, padding: 'same', kernelSize: depthwiseKernelSize }, image.shape)
    const attributes = [
      attribute('group', channels),
      attribute('kernel_shape', square(depthwiseKernelSize)),
      attribute('strides', square(layer.stride)),
      attribute('pads', pads),
    ]
    const inputs = [
      image.name,
      graph.floats(`${layer.name}/kernel`, turned.shape, () => turned.values),
      constant(`${layer.name}/bias`),
    ]
    const shape = [Math.ceil(height / layer.stride), Math.ceil(width / layer.stride), channels]
    const sum = { name: graph.add('Conv', inputs, attributes), layout: 'channels-first', shape } as const
    return activated(sum, layer.activation)
  }
  const branchStep = (layer: BranchLayer, value: LaidOut): LaidOut =>
    layer.kind === 'conv' ? conv(layer, value) : depthwise(layer, value)
  const globalPool = (mode: 'max' | 'average', value: LaidOut, shape: Shape): LaidOut => {
    if (value.layout === 'channels-first') {
      return {
        ...value,
        shape,
        name: graph.add('Flatten', [
          graph.add(mode === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', [value.name]),
        ]),
      }
    }
    const image = cropped(graph, inLayout(graph, value, 'positions-first'))
    const positions = graph.reshape(image.name, [
      (image.shape[0] ?? 0) * (image.shape[1] ?? 0),
      -1,
      shape[0] ?? 0,
    ])
    const attributes = [attribute('axes', [0]), attribute('keepdims', 0)]
    return {
      layout: 'positions-first',
      shape,
      name: graph.add(mode === 'max' ? 'ReduceMax' : 'ReduceMean', [positions], attributes),
    }
  }
  const maxPool = (
    { poolSize, stride }: Extract<Layer, { kind: 'maxPool' }>,
    value: LaidOut,
    shape: Shape,
  ): LaidOut => {
    if (value.layout === 'channels-first') {
      const attributes = [attribute('kernel_shape', square(poolSize)), attribute('strides', square(stride))]
      return { ...value, shape, name: graph.add('MaxPool', [value.name], attributes) }
    }
    if (isInsideTiles(value, poolSize, stride)) return poolTiles(graph, value, shape)
    return poolPositionsFirst(graph, inLayout(graph, value, 'positions-first'), poolSize, stride, shape)
  }
  const residual = (layers: readonly BranchLayer[], value: LaidOut): LaidOut => {
    const branch = layers.reduce((inner, step) => branchStep(step, inner), value)
    const layout = branch.layout === 'channels-first' ? 'channels-first' : 'positions-first'
    const [straight, bent] = [value, branch].map((side) => cropped(graph, inLayout(graph, side, layout)).name)
    return { layout, shape: branch.shape, name: graph.add('Add', [straight ?? '', bent ?? '']) }
  }

  const apply = (layer: Layer, value: LaidOut, shape: Shape): LaidOut => {
    switch (layer.kind) {
      case 'conv':
      case 'depthwise':
        return branchStep(layer, value)
      case 'maxPool':
        return maxPool(layer, value, shape)
      case 'globalPool':
        return globalPool(layer.mode, value, shape)
      case 'residual':
        return residual(layer.layers, value)
      case 'dense': {
        const sum = graph.add('Gemm', [
          value.name,
          constant(`${layer.name}/kernel`),
          constant(`${layer.name}/bias`),
        ])
        return activated({ ...value, shape, name: sum }, layer.activation)
      }
      default:
        return layer satisfies never
    }
  }

  let value = input
  let features = input
  for (const [index, layer] of spec.layers.entries()) {
    features = value
    value = apply(layer, value, shapes[index] ?? [])
  }
  return { features, output: value }
}

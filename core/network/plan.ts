import { depthwiseKernelSize } from './depthwise-kernel-size.ts'
import type { Layer, Shape } from './layer.ts'
import { CacheNetError } from '../wire/errors.ts'

// Apart from the schema, so that what only runs networks (the inference worker) does not carry a schema
// library along.

/** What a `NetworkSpec` says of shapes. */
interface LayerChain {
  readonly inputShape: Shape
  readonly layers: readonly Layer[]
}

export interface TensorLayout {
  readonly name: string
  readonly shape: readonly number[]
  /** Position of the first value in the blob's sequence of values. */
  readonly offset: number
  readonly size: number
}

export interface NetworkPlan {
  /** Shape of one example after each top-level layer. */
  readonly shapes: readonly Shape[]
  readonly outputShape: Shape
  /**
   * Every weight tensor in the order in which a blob holds it. Convolutions are [kernel, kernel, in, out],
   * depthwise ones [3, 3, channels], dense layers [in, out].
   */
  readonly tensors: readonly TensorLayout[]
  /** Count of weights. */
  readonly parameters: number
  /** Multiply-accumulates for one example, in millions; pooling and additions are not counted. */
  readonly megaMacs: number
}

function impossible(layer: string, shape: Shape, why: string): CacheNetError {
  return new CacheNetError(
    'manifest-invalid',
    `The ${layer} layer cannot follow shape [${shape.join(', ')}]: ${why}.`,
    {
      layer,
      shape,
    },
  )
}

const pooled = (extent: number, window: number, stride: number): number =>
  Math.floor((extent - window) / stride) + 1

/**
 * Works out shapes, weight layout and cost of a network, and throws `manifest-invalid` where two layers do
 * not fit.
 */
export function planNetwork(spec: LayerChain): NetworkPlan {
  const tensors: TensorLayout[] = []
  const names = new Set<string>()
  let parameters = 0
  let macs = 0

  const addWeights = (layerName: string, kernelShape: readonly number[], biasSize: number): void => {
    if (names.has(layerName)) throw impossible(layerName, kernelShape, 'another layer has its name')
    names.add(layerName)
    for (const [part, shape] of [
      ['kernel', kernelShape],
      ['bias', [biasSize]],
    ] as const) {
      const count = shape.reduce((product, extent) => product * extent, 1)
      tensors.push({ name: `${layerName}/${part}`, shape, offset: parameters, size: count })
      parameters += count
    }
  }

  const after = (layer: Layer, shape: Shape): Shape => {
    const [height = 0, width = 0, channels = 0] = shape
    const isImage = shape.length === 3
    switch (layer.kind) {
      case 'conv': {
        if (!isImage) throw impossible(layer.name, shape, 'a convolution needs [height, width, channels]')
        const valid = layer.padding === 'valid'
        const out = (extent: number): number =>
          valid ? pooled(extent, layer.kernelSize, layer.stride) : Math.ceil(extent / layer.stride)
        const result = [out(height), out(width), layer.filters]
        if ((result[0] ?? 0) < 1 || (result[1] ?? 0) < 1)
          throw impossible(layer.name, shape, 'its kernel is larger')
        addWeights(layer.name, [layer.kernelSize, layer.kernelSize, channels, layer.filters], layer.filters)
        macs += out(height) * out(width) * layer.kernelSize ** 2 * channels * layer.filters
        return result
      }
      case 'depthwise': {
        if (!isImage) throw impossible(layer.name, shape, 'a convolution needs [height, width, channels]')
        const [rows, columns] = [Math.ceil(height / layer.stride), Math.ceil(width / layer.stride)]
        addWeights(layer.name, [depthwiseKernelSize, depthwiseKernelSize, channels], channels)
        macs += rows * columns * depthwiseKernelSize ** 2 * channels
        return [rows, columns, channels]
      }
      case 'maxPool':
        if (!isImage || height < layer.poolSize || width < layer.poolSize) {
          throw impossible('maxPool', shape, 'its window is larger')
        }
        return [
          pooled(height, layer.poolSize, layer.stride),
          pooled(width, layer.poolSize, layer.stride),
          channels,
        ]
      case 'globalPool':
        if (!isImage) throw impossible('globalPool', shape, 'it needs [height, width, channels]')
        return [channels]
      case 'residual': {
        const result = layer.layers.reduce<Shape>((inner, step) => after(step, inner), shape)
        if (result.join() !== shape.join())
          throw impossible('residual', shape, `its branch ends in [${result.join(', ')}]`)
        return shape
      }
      case 'dense':
        if (shape.length !== 1) throw impossible(layer.name, shape, 'a dense layer needs a vector')
        addWeights(layer.name, [height, layer.units], layer.units)
        macs += height * layer.units
        return [layer.units]
      default:
        return layer satisfies never
    }
  }

  const shapes: Shape[] = []
  let shape: Shape = spec.inputShape
  for (const layer of spec.layers) {
    shape = after(layer, shape)
    shapes.push(shape)
  }
  return { shapes, outputShape: shape, tensors, parameters, megaMacs: macs / 1e6 }
}

/** Size of the vector that the last layer, the head, reads: the network's *features*. */
export function featureSize(spec: LayerChain): number {
  const { shapes } = planNetwork(spec)
  const before = shapes.length > 1 ? shapes[shapes.length - 2] : spec.inputShape
  return before?.[0] ?? 0
}

import type { ConvLayer, DepthwiseLayer, Layer } from '../../../core/network/layer.ts'
import { depthwiseKernelSize } from '../../../core/network/depthwise-kernel-size.ts'
import { convolutionExtent } from '../convolution-extent.ts'
import type { WasmKernels } from '../wasm-kernels.ts'
import type { GraphLayout, Upload } from './graph-layout.ts'
import { idAt } from './network-weights.ts'
import type { PlacedImage } from './placed-image.ts'
import { uploadAsItIs } from './upload-weights.ts'

// The numbers that the kernels know these by (fusable_activations.h, backend.h).
const activations = { linear: 0, relu: 1 } as const
const float32 = 0

/** Lays out layers that tfjs's kernels compute. They read and write images without a border. */
export class TfjsLayers {
  readonly #graph: GraphLayout
  readonly #kernels: WasmKernels
  readonly #asItIs: Upload

  constructor(graph: GraphLayout) {
    this.#graph = graph
    this.#kernels = graph.kernels
    this.#asItIs = (values) => uploadAsItIs(graph.memory, values)
  }

  conv(layer: ConvLayer, x: PlacedImage): PlacedImage {
    return this.#fusedConv('_FusedConv2D', layer, x)
  }

  depthwise({ stride, activation }: DepthwiseLayer, x: PlacedImage): PlacedImage {
    const shape = { kernelSize: depthwiseKernelSize, padding: 'same', filters: x.channels } as const
    return this.#fusedConv('_FusedDepthwiseConv2D', { ...shape, stride, activation }, x)
  }

  #fusedConv(
    kernelName: '_FusedConv2D' | '_FusedDepthwiseConv2D',
    layer: Omit<ConvLayer, 'kind' | 'name'>,
    x: PlacedImage,
  ): PlacedImage {
    const kernels = this.#kernels
    const { kernelSize, stride, padding, filters, activation } = layer
    const { out: size, top, bottom, left, right } = convolutionExtent(layer, x)
    const y = this.#graph.image(size)
    const out = y.tensor
    const kernel = this.#graph.addWeights(this.#asItIs, this.#asItIs)
    this.#graph.steps.push((weights) => {
      kernels[kernelName](
        x.tensor.id,
        1,
        x.height,
        x.width,
        idAt(weights, kernel),
        kernelSize,
        kernelSize,
        idAt(weights, kernel + 1),
        top,
        right,
        bottom,
        left,
        padding === 'same' ? 1 : 0,
        1,
        1,
        stride,
        stride,
        x.channels,
        filters,
        activations[activation],
        0,
        0,
        out.id,
      )
    })
    return y
  }

  /** Over windows of that many rows and columns, without padding. */
  pool(
    mode: 'max' | 'average',
    { height: windowHeight, width: windowWidth }: { readonly height: number; readonly width: number },
    stride: number,
    x: PlacedImage,
  ): PlacedImage {
    const kernels = this.#kernels
    const height = Math.floor((x.height - windowHeight) / stride) + 1
    const width = Math.floor((x.width - windowWidth) / stride) + 1
    const y = this.#graph.image({ height, width, channels: x.channels })
    const out = y.tensor
    this.#graph.steps.push(
      mode === 'max'
        ? () =>
            kernels._MaxPool(
              x.tensor.id,
              1,
              x.height,
              x.width,
              windowHeight,
              windowWidth,
              0,
              0,
              0,
              0,
              1,
              1,
              stride,
              stride,
              x.channels,
              x.channels,
              out.id,
            )
        : () =>
            kernels._AvgPool(
              x.tensor.id,
              1,
              x.height,
              x.width,
              windowHeight,
              windowWidth,
              0,
              0,
              0,
              0,
              stride,
              stride,
              x.channels,
              out.id,
            ),
    )
    return y
  }

  /** x + y, of the same size. */
  add(x: PlacedImage, y: PlacedImage): PlacedImage {
    const kernels = this.#kernels
    const out = this.#graph.take(x.tensor.values)
    const shape = this.#graph.ints([1, x.height, x.width, x.channels])
    this.#graph.steps.push(() => kernels._Add(x.tensor.id, shape, 4, y.tensor.id, shape, 4, float32, out.id))
    return { ...x, tensor: out }
  }

  /** x is a vector: [1, 1, channels]. */
  dense({ units, activation }: Extract<Layer, { kind: 'dense' }>, x: PlacedImage): PlacedImage {
    const kernels = this.#kernels
    const y = this.#graph.vector(units)
    const out = y.tensor
    const inputShape = this.#graph.ints([1, 1, x.channels])
    const kernelShape = this.#graph.ints([1, x.channels, units])
    const kernel = this.#graph.addWeights(this.#asItIs, this.#asItIs)
    this.#graph.steps.push((weights) => {
      kernels.__FusedMatMul(
        x.tensor.id,
        inputShape,
        3,
        idAt(weights, kernel),
        kernelShape,
        3,
        0,
        0,
        activations[activation],
        idAt(weights, kernel + 1),
        0,
        0,
        out.id,
      )
    })
    return y
  }
}

import type { ConvLayer, DepthwiseLayer, Layer } from '../../../core/network/layer.ts'
import type { Extent } from '../convolution-extent.ts'
import { pixelTable, planFrameConvolution, planFrameDepthwise, type Border } from '../frame-convolution.ts'
import type { FrameKernels } from '../frame-kernels.ts'
import { bytesPerValue } from '../tensor-memory.ts'
import type { GraphLayout, Upload } from './graph-layout.ts'
import { addressAt } from './network-weights.ts'
import { pitchOf, startOf, type PlacedImage } from './placed-image.ts'
import { uploadAsItIs, uploadPacked, uploadPadded, uploadTransformed } from './upload-weights.ts'

const isSameBorder = (a: Border, b: Border): boolean =>
  a.rows === b.rows && a.columns === b.columns && a.top === b.top && a.left === b.left

/** The least that comes out of a layer. */
const floorOf = ({ activation }: Pick<ConvLayer, 'activation'>): number =>
  activation === 'relu' ? 0 : -Infinity

const isHalvingPool = (layer: Layer | undefined): boolean =>
  layer?.kind === 'maxPool' && layer.poolSize === 2 && layer.stride === 2

/**
 * Lays out layers that our kernels compute (`FrameKernels`). An image is written into the border that the
 * layer wants which reads it (`next`). Where there is a question before a layer (`can…`), it is asked first.
 */
export class FrameLayers {
  readonly #graph: GraphLayout
  readonly #own: FrameKernels
  readonly #asItIs: Upload
  readonly #padded: Upload

  constructor(graph: GraphLayout, own: FrameKernels) {
    this.#graph = graph
    this.#own = own
    this.#asItIs = (values) => uploadAsItIs(graph.memory, values)
    this.#padded = (values) => uploadPadded(graph.memory, values)
  }

  conv(layer: ConvLayer, x: PlacedImage, next: Layer | undefined): PlacedImage {
    return planFrameConvolution(layer, x).method === 'winograd'
      ? this.#winogradConv(layer, x, next, false)
      : this.#directConv(layer, x, next)
  }

  /** Whether the layer behind a convolution is a pool that it takes along. */
  canConvAndPool(layer: ConvLayer, next: Layer | undefined, x: Extent): boolean {
    return isHalvingPool(next) && planFrameConvolution(layer, x).method === 'winograd'
  }

  /** @param next behind the pool */
  convAndPool(layer: ConvLayer, x: PlacedImage, next: Layer | undefined): PlacedImage {
    return this.#winogradConv(layer, x, next, true)
  }

  canConvAndAdd(layer: ConvLayer, x: Extent): boolean {
    return layer.activation === 'linear' && planFrameConvolution(layer, x).method === 'direct'
  }

  /** The convolution of x, and `addend`, which has no border. */
  convAndAdd(layer: ConvLayer, x: PlacedImage, addend: PlacedImage): PlacedImage {
    return this.#directConv(layer, x, undefined, addend)
  }

  #winogradConv(layer: ConvLayer, x: PlacedImage, next: Layer | undefined, isPooled: boolean): PlacedImage {
    const [graph, own] = [this.#graph, this.#own]
    const { border, out } = planFrameConvolution(layer, x)
    const input = this.#within(border, x)
    const y = this.#imageFor(
      next,
      isPooled ? { ...out, height: out.height >> 1, width: out.width >> 1 } : out,
    )
    const [pitch, outPitch] = [pitchOf(input), pitchOf(y)]
    const floor = floorOf(layer)
    const [inputs, outputs] = [x.channels, out.channels]
    graph.needScratch(own.winogradScratchBytes(out.height, out.width, inputs, outputs))
    const kernel = graph.addWeights(
      (values) =>
        uploadTransformed(graph.memory, own, { inputs, outputs, work: graph.scratchAddress }, values),
      this.#padded,
    )
    graph.steps.push((weights) =>
      own.winogradConv(
        input.tensor.address,
        pitch,
        x.channels,
        addressAt(weights, kernel),
        addressAt(weights, kernel + 1),
        startOf(y),
        outPitch,
        out.height,
        out.width,
        out.channels,
        floor,
        isPooled ? 1 : 0,
        graph.scratchAddress,
      ),
    )
    return y
  }

  #directConv(layer: ConvLayer, x: PlacedImage, next: Layer | undefined, addend?: PlacedImage): PlacedImage {
    const [graph, own] = [this.#graph, this.#own]
    const { border, out } = planFrameConvolution(layer, x)
    const input = this.#within(border, x)
    const y = this.#imageFor(next, out)
    const [pitch, outPitch] = [pitchOf(input), pitchOf(y)]
    const floor = floorOf(layer)
    const table = graph.ints(
      pixelTable({ border, out }, { stride: layer.stride, channels: x.channels, outPitch }),
    )
    const kernel = graph.addWeights(
      (values) => uploadPacked(graph.memory, own, out.channels, values),
      this.#padded,
    )
    graph.steps.push((weights) =>
      own.directConv(
        input.tensor.address,
        table,
        out.height * out.width,
        pitch,
        layer.kernelSize * x.channels,
        layer.kernelSize,
        addressAt(weights, kernel),
        addressAt(weights, kernel + 1),
        startOf(y),
        addend === undefined ? 0 : startOf(addend),
        out.channels,
        floor,
      ),
    )
    return y
  }

  /** Null where tfjs's kernel has to compute it. */
  depthwise(layer: DepthwiseLayer, x: PlacedImage, next: Layer | undefined): PlacedImage | null {
    const [graph, own] = [this.#graph, this.#own]
    const plan = planFrameDepthwise(layer.stride, x)
    if (plan === null) return null
    const { border, out } = plan
    const input = this.#within(border, x)
    const y = this.#imageFor(next, out)
    const [pitch, outPitch] = [pitchOf(input), pitchOf(y)]
    const floor = floorOf(layer)
    const kernel = graph.addWeights(this.#asItIs, this.#asItIs)
    graph.steps.push((weights) =>
      own.depthwiseConv(
        input.tensor.address,
        pitch,
        out.channels,
        addressAt(weights, kernel),
        addressAt(weights, kernel + 1),
        startOf(y),
        outPitch,
        out.height,
        out.width,
        layer.stride,
        floor,
      ),
    )
    return y
  }

  canMaxPool(layer: Extract<Layer, { kind: 'maxPool' }>, { channels }: Extent): boolean {
    return isHalvingPool(layer) && channels % 4 === 0
  }

  maxPool(x: PlacedImage, next: Layer | undefined): PlacedImage {
    const own = this.#own
    const y = this.#imageFor(next, { height: x.height >> 1, width: x.width >> 1, channels: x.channels })
    this.#graph.steps.push(() =>
      own.maxPool2x2(x.tensor.address, x.height, x.width, x.channels, startOf(y), pitchOf(y)),
    )
    return y
  }

  canGlobalPool({ mode }: Extract<Layer, { kind: 'globalPool' }>, { channels }: Extent): boolean {
    return mode === 'max' && channels % 4 === 0
  }

  globalPool(x: PlacedImage): PlacedImage {
    const own = this.#own
    const y = this.#graph.vector(x.channels)
    this.#graph.steps.push(() =>
      own.globalMax(x.tensor.address, x.height * x.width, x.channels, y.tensor.address),
    )
    return y
  }

  /** An image to be written, in the border that the layer wants which reads it. */
  #imageFor(next: Layer | undefined, size: Extent): PlacedImage {
    const wanted =
      next?.kind === 'conv'
        ? planFrameConvolution(next, size)
        : next?.kind === 'depthwise'
          ? planFrameDepthwise(next.stride, size)
          : null
    return this.#graph.image(size, wanted?.border)
  }

  /** The same image in another border. */
  #within(border: Border, x: PlacedImage): PlacedImage {
    if (isSameBorder(border, x.border)) return x
    const own = this.#own
    const y = this.#graph.image(x, border)
    const rowBytes = x.width * x.channels * bytesPerValue
    this.#graph.steps.push(() => own.placeImage(startOf(x), x.height, rowBytes, startOf(y), pitchOf(y)))
    return y
  }
}

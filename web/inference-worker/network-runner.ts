import type { NamedTensor } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { depthwiseKernelSize } from '../../core/network/depthwise-kernel-size.ts'
import type { BranchLayer, ConvLayer, DepthwiseLayer, Layer } from '../../core/network/layer.ts'
import {
  pixelTable,
  planFrameConvolution,
  planFrameDepthwise,
  withoutBorder,
  workBytes,
  type Border,
} from './frame-convolution.ts'
import type { FrameKernels } from './frame-kernels.ts'
import { TensorMemory, type WasmTensor } from './tensor-memory.ts'
import type { WasmKernels } from './wasm-kernels.ts'

/**
 * Weights of a network in the order of `planNetwork(spec).tensors`: kernel, bias, kernel, bias, … Each lies
 * as the layer wants it that reads it: `upload` of the runner that runs them has put it there.
 */
export type NetworkWeights = readonly WasmTensor[]

interface Image {
  readonly tensor: WasmTensor
  readonly height: number
  readonly width: number
  readonly channels: number
  /** What lies around it; tfjs's kernels read images without. */
  readonly border: Border
}

type Step = (weights: NetworkWeights) => void

/** Lays out a kernel or bias as its layer reads it. */
type Upload = (values: Float32Array) => WasmTensor

const bytesPerValue = 4
const pitchOf = ({ border, channels }: Image): number => border.columns * channels * bytesPerValue
/** Where the first pixel lies. */
const startOf = (image: Image): number =>
  image.tensor.address +
  image.border.top * pitchOf(image) +
  image.border.left * image.channels * bytesPerValue

const isSameBorder = (a: Border, b: Border): boolean =>
  a.rows === b.rows && a.columns === b.columns && a.top === b.top && a.left === b.left

// The numbers that the kernels know these by (fusable_activations.h, backend.h).
const activations = { linear: 0, relu: 1 } as const
const float32 = 0

const toEights = (count: number): number => Math.ceil(count / 8) * 8

const addressAt = (weights: NetworkWeights, index: number): number => weights[index]?.address ?? 0

const idAt = (weights: NetworkWeights, index: number): number => weights[index]?.id ?? 0

/**
 * One graph, laid out once: every step knows its shapes and where its result goes, and a run calls one kernel
 * a layer and nothing else. What it computes is what `core/network/forward.ts` computes for one example; the
 * engine's test compares the two. That one looks every tensor, shape and kernel up anew for each layer, which
 * on a small network costs as much time as the kernels.
 *
 * Where there are kernels of our own (`FrameKernels`), they compute the convolutions, and the pools that they
 * can take along; an image then lies in the border that the layer behind it wants. Everything else is tfjs's.
 */
export class NetworkRunner {
  readonly #kernels: WasmKernels
  readonly #own: FrameKernels | null
  readonly #memory: TensorMemory
  readonly #steps: Step[] = []
  readonly #tensors: WasmTensor[] = []
  readonly #shapes: number[] = []
  readonly #input: WasmTensor
  readonly #logits: WasmTensor
  /** One for each weight tensor of the layers so far. */
  readonly #uploads: Upload[] = []
  /** What our kernels work in, as large as the layer needs that needs most. */
  #scratch: WasmTensor | undefined
  #scratchBytes = workBytes

  /**
   * @param spec planned before: layers fit each other
   * @param own null: tfjs's kernels do everything
   */
  constructor(kernels: WasmKernels, spec: NetworkSpec, own: FrameKernels | null = kernels.frame ?? null) {
    this.#kernels = kernels
    this.#own = own
    this.#memory = new TensorMemory(kernels)
    const [height = 1, width = 1, channels = 1] = spec.inputShape
    let x: Image =
      spec.inputShape.length === 1 ? this.#plain(1, 1, height) : this.#plain(height, width, channels)
    this.#input = x.tensor
    // Throws where two layers do not fit.
    planNetwork(spec)
    for (let index = 0; index < spec.layers.length;) {
      const [layer, next, afterNext] = spec.layers.slice(index, index + 3)
      if (layer === undefined) break
      const isPooled = this.#takesPoolAlong(layer, next, x)
      x = this.#layer(layer, x, isPooled ? afterNext : next, isPooled)
      index += isPooled ? 2 : 1
    }
    this.#logits = x.tensor
    if (own !== null) this.#scratch = this.#take(Math.ceil(this.#scratchBytes / bytesPerValue))
  }

  /**
   * Where the next run reads its input, [height, width, channels]: to be written in place, anew for each
   * `run`.
   */
  get input(): Float32Array {
    return this.#memory.view(this.#input)
  }

  /**
   * Puts a network's weights where `run` reads them. Whoever asks gives them back.
   *
   * @param tensors in the order of the network's tensors
   */
  upload(tensors: readonly NamedTensor[]): NetworkWeights {
    return tensors.map(({ values }, index) => (this.#uploads[index] ?? this.#asItIs)(values))
  }

  /**
   * Runs the network on what was written to `input`, which stays. The logits, [outputs], are overwritten by
   * the next run.
   */
  run(weights: NetworkWeights): Float32Array {
    for (const step of this.#steps) step(weights)
    return this.#memory.view(this.#logits)
  }

  dispose(): void {
    for (const tensor of this.#tensors) this.#memory.giveBack(tensor)
    for (const address of this.#shapes) this.#kernels._free(address)
    this.#tensors.length = 0
    this.#shapes.length = 0
  }

  readonly #asItIs: Upload = (values) => {
    const tensor = this.#memory.take(values.length)
    this.#memory.view(tensor).set(values)
    return tensor
  }

  #take(values: number): WasmTensor {
    const tensor = this.#memory.take(values)
    this.#tensors.push(tensor)
    return tensor
  }

  #plain(height: number, width: number, channels: number): Image {
    return this.#image(height, width, channels, withoutBorder({ height, width, channels }))
  }

  #image(height: number, width: number, channels: number, border: Border): Image {
    const tensor = this.#take(border.rows * border.columns * channels)
    // Of the border nobody writes any more.
    this.#memory.view(tensor).fill(0)
    return { tensor, height, width, channels, border }
  }

  /** An image to be written, in the border that the layer wants which reads it. */
  #imageFor(next: Layer | undefined, height: number, width: number, channels: number): Image {
    const x = { height, width, channels }
    const wanted =
      next?.kind === 'conv'
        ? planFrameConvolution(next, x)
        : next?.kind === 'depthwise'
          ? planFrameDepthwise(next.stride, x)
          : null
    return this.#own === null || wanted === null
      ? this.#plain(height, width, channels)
      : this.#image(height, width, channels, wanted.border)
  }

  /** The same image in another border. */
  #within(border: Border, x: Image, own: FrameKernels): Image {
    if (isSameBorder(border, x.border)) return x
    const y = this.#image(x.height, x.width, x.channels, border)
    const rowBytes = x.width * x.channels * bytesPerValue
    this.#steps.push(() => own.placeImage(startOf(x), x.height, rowBytes, startOf(y), pitchOf(y)))
    return y
  }

  #ints(values: ArrayLike<number>): number {
    const address = this.#kernels._malloc(values.length * 4) >>> 0
    this.#kernels.HEAP32.set(values, address / 4)
    this.#shapes.push(address)
    return address
  }

  #shape(...extents: number[]): number {
    return this.#ints(extents)
  }

  /** Whether the layer is one of our convolutions, and the 2x2 pool behind it a part of it. */
  #takesPoolAlong(layer: Layer, next: Layer | undefined, x: Image): boolean {
    return (
      this.#own !== null &&
      layer.kind === 'conv' &&
      next?.kind === 'maxPool' &&
      next.poolSize === 2 &&
      next.stride === 2 &&
      planFrameConvolution(layer, x).method === 'winograd'
    )
  }

  #layer(layer: Layer, x: Image, next: Layer | undefined, isPooled: boolean): Image {
    switch (layer.kind) {
      case 'conv':
        return this.#own === null ? this.#conv(layer, x) : this.#ownConv(this.#own, layer, x, next, isPooled)
      case 'depthwise':
        return this.#depthwise(layer, x, next)
      case 'maxPool':
        return this.#own !== null && layer.poolSize === 2 && layer.stride === 2 && x.channels % 4 === 0
          ? this.#ownPool(this.#own, x, next)
          : this.#pool('max', layer.poolSize, layer.poolSize, layer.stride, x)
      case 'globalPool':
        return this.#own !== null && layer.mode === 'max' && x.channels % 4 === 0
          ? this.#ownGlobalMax(this.#own, x)
          : this.#pool(layer.mode, x.height, x.width, 1, x)
      case 'residual':
        return this.#residual(layer.layers, x)
      case 'dense':
        return this.#dense(layer, x)
      default:
        return layer satisfies never
    }
  }

  /** The last convolution of a branch adds the input itself where it can: neither image has a border. */
  #residual(layers: readonly BranchLayer[], x: Image): Image {
    const last = layers.at(-1)
    const branch = layers
      .slice(0, -1)
      .reduce<Image>((inner, step, index) => this.#layer(step, inner, layers[index + 1], false), x)
    if (last === undefined) return branch
    const isFused =
      last.kind === 'conv' &&
      last.activation === 'linear' &&
      planFrameConvolution(last, branch).method === 'direct'
    return this.#own !== null && isFused
      ? this.#ownConv(this.#own, last, branch, undefined, false, x)
      : this.#add(x, this.#layer(last, branch, undefined, false))
  }

  #ownConv(
    own: FrameKernels,
    layer: ConvLayer,
    x: Image,
    next: Layer | undefined,
    isPooled: boolean,
    addend?: Image,
  ): Image {
    const { method, border, out } = planFrameConvolution(layer, x)
    const input = this.#within(border, x, own)
    const y = isPooled
      ? this.#imageFor(next, out.height >> 1, out.width >> 1, out.channels)
      : this.#imageFor(next, out.height, out.width, out.channels)
    const kernel = this.#uploads.length
    const floor = layer.activation === 'relu' ? 0 : -Infinity
    const [pitch, outPitch] = [pitchOf(input), pitchOf(y)]
    if (method === 'winograd') {
      const bytes = own.winogradScratchBytes(out.height, out.width, x.channels, out.channels)
      this.#scratchBytes = Math.max(this.#scratchBytes, bytes)
      this.#uploads.push((values) => this.#transformed(own, x.channels, out.channels, values), this.#padded)
      this.#steps.push((weights) =>
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
          this.#scratch?.address ?? 0,
        ),
      )
      return y
    }
    const table = this.#ints(
      pixelTable({ border, out }, { stride: layer.stride, channels: x.channels, outPitch }),
    )
    this.#uploads.push((values) => this.#packed(own, out.channels, values), this.#padded)
    this.#steps.push((weights) =>
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

  #depthwise(layer: DepthwiseLayer, x: Image, next: Layer | undefined): Image {
    const [own, plan] = [this.#own, planFrameDepthwise(layer.stride, x)]
    if (own === null || plan === null) {
      const shape = { kernelSize: depthwiseKernelSize, padding: 'same', filters: x.channels } as const
      return this.#conv({ ...shape, ...layer }, x, '_FusedDepthwiseConv2D')
    }
    const { border, out } = plan
    const input = this.#within(border, x, own)
    const y = this.#imageFor(next, out.height, out.width, out.channels)
    const kernel = this.#uploads.length
    const [pitch, outPitch] = [pitchOf(input), pitchOf(y)]
    const floor = layer.activation === 'relu' ? 0 : -Infinity
    this.#uploads.push(this.#asItIs, this.#asItIs)
    this.#steps.push((weights) =>
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

  #ownPool(own: FrameKernels, x: Image, next: Layer | undefined): Image {
    const y = this.#imageFor(next, x.height >> 1, x.width >> 1, x.channels)
    this.#steps.push(() =>
      own.maxPool2x2(x.tensor.address, x.height, x.width, x.channels, startOf(y), pitchOf(y)),
    )
    return y
  }

  #ownGlobalMax(own: FrameKernels, x: Image): Image {
    const y = this.#plain(1, 1, x.channels)
    this.#steps.push(() => own.globalMax(x.tensor.address, x.height * x.width, x.channels, y.tensor.address))
    return y
  }

  #transformed(own: FrameKernels, inputs: number, outputs: number, values: Float32Array): WasmTensor {
    const tensor = this.#memory.take(own.filterBytes(inputs, outputs) / bytesPerValue)
    const filter = this.#asItIs(values)
    own.transformFilter(filter.address, inputs, outputs, tensor.address, this.#scratch?.address ?? 0)
    this.#memory.giveBack(filter)
    return tensor
  }

  #packed(own: FrameKernels, outputs: number, values: Float32Array): WasmTensor {
    const taps = values.length / outputs
    const tensor = this.#memory.take(taps * toEights(outputs))
    const filter = this.#asItIs(values)
    own.packFilter(filter.address, taps, outputs, tensor.address)
    this.#memory.giveBack(filter)
    return tensor
  }

  readonly #padded: Upload = (values) => {
    const tensor = this.#memory.take(toEights(values.length))
    const padded = this.#memory.view(tensor)
    padded.fill(0)
    padded.set(values)
    return tensor
  }

  #conv(
    { kernelSize, stride, padding, filters, activation }: Omit<ConvLayer, 'kind'>,
    x: Image,
    kernelName: '_FusedConv2D' | '_FusedDepthwiseConv2D' = '_FusedConv2D',
  ): Image {
    const isSame = padding === 'same'
    const extent = (from: number): number =>
      isSame ? Math.ceil(from / stride) : Math.floor((from - kernelSize) / stride) + 1
    const height = extent(x.height)
    const width = extent(x.width)
    const y = this.#plain(height, width, filters)
    const out = y.tensor
    // As TensorFlow pads: half of it before, the larger half after.
    const pad = (from: number, to: number): number =>
      isSame ? Math.max(0, (to - 1) * stride + kernelSize - from) : 0
    const [padHeight, padWidth] = [pad(x.height, height), pad(x.width, width)]
    const [padTop, padLeft] = [padHeight >> 1, padWidth >> 1]
    const kernel = this.#uploads.length
    this.#uploads.push(this.#asItIs, this.#asItIs)
    this.#steps.push((weights) => {
      this.#kernels[kernelName](
        x.tensor.id,
        1,
        x.height,
        x.width,
        idAt(weights, kernel),
        kernelSize,
        kernelSize,
        idAt(weights, kernel + 1),
        padTop,
        padWidth - padLeft,
        padHeight - padTop,
        padLeft,
        isSame ? 1 : 0,
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

  #pool(mode: 'max' | 'average', windowHeight: number, windowWidth: number, stride: number, x: Image): Image {
    const height = Math.floor((x.height - windowHeight) / stride) + 1
    const width = Math.floor((x.width - windowWidth) / stride) + 1
    const y = this.#plain(height, width, x.channels)
    const out = y.tensor
    this.#steps.push(
      mode === 'max'
        ? () =>
            this.#kernels._MaxPool(
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
            this.#kernels._AvgPool(
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

  #add(x: Image, y: Image): Image {
    const out = this.#take(x.tensor.values)
    const shape = this.#shape(1, x.height, x.width, x.channels)
    this.#steps.push(() => this.#kernels._Add(x.tensor.id, shape, 4, y.tensor.id, shape, 4, float32, out.id))
    return { ...x, tensor: out }
  }

  #dense({ units, activation }: Extract<Layer, { kind: 'dense' }>, x: Image): Image {
    const logits = this.#plain(1, 1, units)
    const out = logits.tensor
    const inputShape = this.#shape(1, 1, x.channels)
    const kernelShape = this.#shape(1, x.channels, units)
    const kernel = this.#uploads.length
    this.#uploads.push(this.#asItIs, this.#asItIs)
    this.#steps.push((weights) => {
      this.#kernels.__FusedMatMul(
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
    return logits
  }
}

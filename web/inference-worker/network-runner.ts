import { planNetwork } from '../../core/network/plan.ts'
import type { ConvLayer, Layer, NetworkSpec } from '../../core/network/spec.ts'
import { TensorMemory, type WasmTensor } from './tensor-memory.ts'
import type { WasmKernels } from './wasm-kernels.ts'

/** Weights of a network in the order of `planNetwork(spec).tensors`: kernel, bias, kernel, bias, … */
export type NetworkWeights = readonly WasmTensor[]

interface Image {
  readonly tensor: WasmTensor
  readonly height: number
  readonly width: number
  readonly channels: number
}

type Step = (weights: NetworkWeights) => void

// The numbers that the kernels know these by (fusable_activations.h, backend.h).
const activations = { linear: 0, relu: 1 } as const
const float32 = 0

const idAt = (weights: NetworkWeights, index: number): number => weights[index]?.id ?? 0

/**
 * One graph, laid out once: every step knows its shapes and where its result goes, and a run calls one kernel
 * a layer and nothing else. What it computes is what `core/network/forward.ts` computes for one example; the
 * engine's test compares the two. That one looks every tensor, shape and kernel up anew for each layer, which
 * on a small network costs as much time as the kernels.
 */
export class NetworkRunner {
  readonly #kernels: WasmKernels
  readonly #memory: TensorMemory
  readonly #steps: Step[] = []
  readonly #tensors: WasmTensor[] = []
  readonly #shapes: number[] = []
  readonly #input: WasmTensor
  readonly #logits: WasmTensor
  /** How many weight tensors the layers so far have. */
  #weights = 0

  /** @param spec planned before: layers fit each other */
  constructor(kernels: WasmKernels, spec: NetworkSpec) {
    this.#kernels = kernels
    this.#memory = new TensorMemory(kernels)
    const [height = 1, width = 1, channels = 1] = spec.inputShape
    let x: Image = { tensor: this.#take(height * width * channels), height, width, channels }
    if (spec.inputShape.length === 1) x = { ...x, height: 1, width: 1, channels: height }
    this.#input = x.tensor
    // Throws where two layers do not fit.
    planNetwork(spec)
    for (const layer of spec.layers) x = this.#layer(layer, x)
    this.#logits = x.tensor
  }

  /**
   * Where the next run reads its input, [height, width, channels]: to be written in place, anew for each
   * `run`.
   */
  get input(): Float32Array {
    return this.#memory.view(this.#input)
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

  #take(values: number): WasmTensor {
    const tensor = this.#memory.take(values)
    this.#tensors.push(tensor)
    return tensor
  }

  #shape(...extents: number[]): number {
    const address = this.#kernels._malloc(extents.length * 4) >>> 0
    this.#kernels.HEAP32.set(extents, address / 4)
    this.#shapes.push(address)
    return address
  }

  #layer(layer: Layer, x: Image): Image {
    switch (layer.kind) {
      case 'conv':
        return this.#conv(layer, x)
      case 'maxPool':
        return this.#pool('max', layer.poolSize, layer.poolSize, layer.stride, x)
      case 'globalPool':
        return this.#pool(layer.mode, x.height, x.width, 1, x)
      case 'residual':
        return this.#add(
          x,
          layer.layers.reduce<Image>((inner, conv) => this.#conv(conv, inner), x),
        )
      case 'dense':
        return this.#dense(layer, x)
      default:
        return layer satisfies never
    }
  }

  #conv({ kernelSize, stride, padding, filters, activation }: ConvLayer, x: Image): Image {
    const isSame = padding === 'same'
    const extent = (from: number): number =>
      isSame ? Math.ceil(from / stride) : Math.floor((from - kernelSize) / stride) + 1
    const height = extent(x.height)
    const width = extent(x.width)
    const out = this.#take(height * width * filters)
    // As TensorFlow pads: half of it before, the larger half after.
    const pad = (from: number, to: number): number =>
      isSame ? Math.max(0, (to - 1) * stride + kernelSize - from) : 0
    const [padHeight, padWidth] = [pad(x.height, height), pad(x.width, width)]
    const [padTop, padLeft] = [padHeight >> 1, padWidth >> 1]
    const kernel = this.#weights
    this.#weights += 2
    this.#steps.push((weights) => {
      this.#kernels._FusedConv2D(
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
    return { tensor: out, height, width, channels: filters }
  }

  #pool(mode: 'max' | 'average', windowHeight: number, windowWidth: number, stride: number, x: Image): Image {
    const height = Math.floor((x.height - windowHeight) / stride) + 1
    const width = Math.floor((x.width - windowWidth) / stride) + 1
    const out = this.#take(height * width * x.channels)
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
    return { tensor: out, height, width, channels: x.channels }
  }

  #add(x: Image, y: Image): Image {
    const out = this.#take(x.tensor.values)
    const shape = this.#shape(1, x.height, x.width, x.channels)
    this.#steps.push(() => this.#kernels._Add(x.tensor.id, shape, 4, y.tensor.id, shape, 4, float32, out.id))
    return { ...x, tensor: out }
  }

  #dense({ units, activation }: Extract<Layer, { kind: 'dense' }>, x: Image): Image {
    const out = this.#take(units)
    const inputShape = this.#shape(1, 1, x.channels)
    const kernelShape = this.#shape(1, x.channels, units)
    const kernel = this.#weights
    this.#weights += 2
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
    return { tensor: out, height: 1, width: 1, channels: units }
  }
}

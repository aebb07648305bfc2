import type { Extent } from '../convolution-extent.ts'
import { withoutBorder, workBytes, type Border } from '../frame-convolution.ts'
import { bytesPerValue, TensorMemory, type WasmTensor } from '../tensor-memory.ts'
import type { WasmKernels } from '../wasm-kernels.ts'
import type { NetworkWeights } from './network-weights.ts'
import type { PlacedImage } from './placed-image.ts'

/** One call of a kernel: all but the weights is known beforehand. */
export type Step = (weights: NetworkWeights) => void

/** Lays out a kernel or bias as its layer reads it. */
export type Upload = (values: Float32Array) => WasmTensor

/**
 * A graph as it is laid out: the memory of its images, its steps in their order, and how each of its weights
 * is to lie.
 */
export class GraphLayout {
  readonly kernels: WasmKernels
  readonly memory: TensorMemory
  readonly steps: Step[] = []
  /** One for each weight tensor of the layers so far. */
  readonly uploads: Upload[] = []
  readonly #tensors: WasmTensor[] = []
  readonly #tables: number[] = []
  #scratchBytes = workBytes
  #scratchAddress = 0

  constructor(kernels: WasmKernels) {
    this.kernels = kernels
    this.memory = new TensorMemory(kernels)
  }

  /** A tensor of the graph's own. Its values are whatever was there before. */
  take(values: number): WasmTensor {
    const tensor = this.memory.take(values)
    this.#tensors.push(tensor)
    return tensor
  }

  /** Zeros at first, for whatever is written into it later leaves the border alone. */
  image(size: Extent, border: Border = withoutBorder(size)): PlacedImage {
    const { height, width, channels } = size
    const tensor = this.take(border.rows * border.columns * channels)
    this.memory.view(tensor).fill(0)
    return { tensor, height, width, channels, border }
  }

  /** What one layer says: [channels]. */
  vector(channels: number): PlacedImage {
    return this.image({ height: 1, width: 1, channels })
  }

  /** Address of int32s that stay as they are: a shape, a table. */
  ints(values: ArrayLike<number>): number {
    const address = this.kernels._malloc(values.length * 4) >>> 0
    this.kernels.HEAP32.set(values, address / 4)
    this.#tables.push(address)
    return address
  }

  /** @returns the place of the kernel among the weights; the bias has the next one */
  addWeights(kernel: Upload, bias: Upload): number {
    return this.uploads.push(kernel, bias) - 2
  }

  /** Makes sure that there will be so much to work in: layers share it, and none keeps anything there. */
  needScratch(bytes: number): void {
    this.#scratchBytes = Math.max(this.#scratchBytes, bytes)
  }

  /** Once all layers have said what they need. */
  takeScratch(): void {
    this.#scratchAddress = this.take(Math.ceil(this.#scratchBytes / bytesPerValue)).address
  }

  /** Known when steps run and weights are uploaded: not yet while layers are laid out. */
  get scratchAddress(): number {
    return this.#scratchAddress
  }

  dispose(): void {
    for (const tensor of this.#tensors) this.memory.giveBack(tensor)
    for (const address of this.#tables) this.kernels._free(address)
    this.#tensors.length = 0
    this.#tables.length = 0
  }
}

import type { FrameKernels } from './frame-kernels.ts'

/**
 * The kernels of tfjs's WebAssembly file, as it exports them (tfjs-backend-wasm/src/cc/kernels). They know
 * tensors by the numbers under which they were registered; number 0 is no tensor. Shapes are pointers to
 * int32s in the WebAssembly memory.
 */
export interface WasmKernels {
  /** Kernels of our own on the same memory, where they were started. */
  frame?: FrameKernels | undefined
  /**
   * The whole memory, shared where there are threads: nothing in it can be posted or moved. Another object
   * after it has grown: never kept.
   */
  readonly HEAPF32: Float32Array
  readonly HEAP32: Int32Array
  _malloc(bytes: number): number
  _free(address: number): void
  _init_with_threads_count(threads: number): void
  _register_tensor(tensor: number, values: number, address: number): void
  /** Forgets a tensor, and what was prepared for the layer whose weights it is. */
  _dispose_data(tensor: number): void
  /**
   * x [batch, height, width, channels], filter [height, width, in, out]; paddings count where `isSame` is 0.
   */
  _FusedConv2D(
    x: number,
    batch: number,
    height: number,
    width: number,
    filter: number,
    filterHeight: number,
    filterWidth: number,
    bias: number,
    padTop: number,
    padRight: number,
    padBottom: number,
    padLeft: number,
    isSame: number,
    dilationHeight: number,
    dilationWidth: number,
    strideHeight: number,
    strideWidth: number,
    channels: number,
    filters: number,
    activation: number,
    preluWeights: number,
    leakiness: number,
    out: number,
  ): void
  /** The same for each channel by itself: filter [height, width, channels]. */
  _FusedDepthwiseConv2D: WasmKernels['_FusedConv2D']
  /** a [1, rows, inner] · b [1, inner, columns] + bias. */
  __FusedMatMul(
    a: number,
    aShape: number,
    aRank: number,
    b: number,
    bShape: number,
    bRank: number,
    isATransposed: number,
    isBTransposed: number,
    activation: number,
    bias: number,
    preluWeights: number,
    leakiness: number,
    out: number,
  ): void
  _MaxPool(
    x: number,
    batch: number,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    padTop: number,
    padRight: number,
    padBottom: number,
    padLeft: number,
    dilationHeight: number,
    dilationWidth: number,
    strideHeight: number,
    strideWidth: number,
    channels: number,
    outChannels: number,
    out: number,
  ): void
  _AvgPool(
    x: number,
    batch: number,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    padTop: number,
    padRight: number,
    padBottom: number,
    padLeft: number,
    strideHeight: number,
    strideWidth: number,
    channels: number,
    out: number,
  ): void
  _Add(
    a: number,
    aShape: number,
    aRank: number,
    b: number,
    bShape: number,
    bRank: number,
    type: number,
    out: number,
  ): void
}

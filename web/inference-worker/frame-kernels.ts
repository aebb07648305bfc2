import plainUrl from '../../kernels/frame-plain.wasm?url'
import relaxedUrl from '../../kernels/frame-relaxed.wasm?url'
import { compileWasm } from './compile-wasm.ts'

/**
 * Kernels of our own for one frame (kernels/assembly/frame*.ts). Numbers are addresses in tfjs's WebAssembly
 * memory, bytes between rows (`pitch`), and counts. `floor` is the least that comes out: 0 for a ReLU.
 */
export interface FrameKernels {
  /** Bytes of a 3x3 filter as `winogradConv` takes it. */
  filterBytes(inputs: number, outputs: number): number
  /** filter [3, 3, inputs, outputs] → target, of `filterBytes`. `work` holds `workBytes`. */
  transformFilter(filter: number, inputs: number, outputs: number, target: number, work: number): void
  winogradScratchBytes(outHeight: number, outWidth: number, inputs: number, outputs: number): number
  /** 3x3 taps, stride 1, channels in fours: x in a border for whole tiles of 4x4. */
  winogradConv(
    x: number,
    pitch: number,
    inputs: number,
    filter: number,
    bias: number,
    y: number,
    yPitch: number,
    outHeight: number,
    outWidth: number,
    outputs: number,
    floor: number,
    isPooled: number,
    scratch: number,
  ): void
  /** filter [taps, outputs] → target [outputs / 8][taps][8]. */
  packFilter(filter: number, taps: number, outputs: number, target: number): void
  /** Any convolution; `table` is a `pixelTable`. */
  directConv(
    x: number,
    table: number,
    pixels: number,
    pitch: number,
    run: number,
    rows: number,
    filter: number,
    bias: number,
    y: number,
    addend: number,
    outputs: number,
    floor: number,
  ): void
  /** 3x3 taps for each channel by itself; channels in fours. */
  depthwiseConv(
    x: number,
    pitch: number,
    channels: number,
    filter: number,
    bias: number,
    y: number,
    yPitch: number,
    outHeight: number,
    outWidth: number,
    stride: number,
    floor: number,
  ): void
  /** Channels in fours. */
  maxPool2x2(x: number, height: number, width: number, channels: number, y: number, yPitch: number): void
  /** Channels in fours. */
  globalMax(x: number, pixels: number, channels: number, y: number): void
  placeImage(source: number, height: number, rowBytes: number, target: number, pitch: number): void
}

/** (func f32x4.relaxed_madd of three zeros, drop): valid only where there is relaxed SIMD. */
const relaxedProbe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
  ...[10, 20, 1, 18, 0, 0x41, 0, 0xfd, 17, 0x41, 0, 0xfd, 17, 0x41, 0, 0xfd, 17, 0xfd, 0x85, 2, 0x1a, 11],
)

/** Whether the browser multiplies and adds in one step. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(relaxedProbe)

/** Asks for the module that this browser can run, before the memory is there that it works on. */
export const compileFrameKernels = (isRelaxed = hasRelaxedSimd()): Promise<WebAssembly.Module> =>
  compileWasm(isRelaxed ? relaxedUrl : plainUrl)

/** Our kernels on a memory of tfjs's, beside its own. */
export async function instantiateFrameKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<FrameKernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  return exports as unknown as FrameKernels
}

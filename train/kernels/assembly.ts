import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import { modulePath } from '../../kernels/modules.ts'

/**
 * Addresses are bytes from the start of the WASM heap; shapes are those of the forward direction. The
 * convolutions take channels in fours.
 */
export interface AssemblyKernels {
  readonly filterBytes: (inputs: number, outputs: number) => number
  readonly scratchBytes: (
    batch: number,
    outHeight: number,
    outWidth: number,
    inputs: number,
    outputs: number,
  ) => number
  readonly transformFilter: (
    filter: number,
    inputs: number,
    outputs: number,
    target: number,
    work: number,
  ) => void
  readonly flipFilter: (source: number, taps: number, inputs: number, outputs: number, target: number) => void
  readonly conv3x3: (
    x: number,
    filter: number,
    y: number,
    scratch: number,
    batch: number,
    height: number,
    width: number,
    inputs: number,
    outHeight: number,
    outWidth: number,
    outputs: number,
    top: number,
    left: number,
    bias: number,
    isRectified: number,
  ) => void
  readonly conv3x3FilterGradient: (
    x: number,
    dy: number,
    dw: number,
    du: number,
    scratch: number,
    batch: number,
    height: number,
    width: number,
    inputs: number,
    outHeight: number,
    outWidth: number,
    outputs: number,
    top: number,
    left: number,
  ) => void
  readonly batchNormSums: (x: number, rows: number, channels: number, sums: number) => void
  readonly affine: (
    x: number,
    rows: number,
    channels: number,
    scale: number,
    offset: number,
    y: number,
    floor: number,
  ) => void
  readonly batchNormGradientSums: (
    dy: number,
    x: number,
    y: number,
    rows: number,
    channels: number,
    sums: number,
    floor: number,
  ) => void
  readonly batchNormGradient: (
    dy: number,
    x: number,
    y: number,
    rows: number,
    channels: number,
    factors: number,
    dx: number,
    floor: number,
  ) => void
  readonly maxPool: (
    x: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    y: number,
    winners: number,
  ) => void
  readonly maxPoolGradient: (
    dy: number,
    winners: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    dx: number,
  ) => void
  readonly depthwiseScratchBytes: (height: number, width: number, channels: number) => number
  readonly depthwise: DepthwiseKernel
  readonly depthwiseInputGradient: DepthwiseKernel
  readonly depthwiseFilterGradient: DepthwiseKernel
  readonly pointwiseFilterGradient: (
    x: number,
    dy: number,
    dw: number,
    rows: number,
    inputs: number,
    outputs: number,
  ) => void
}

/** From two tensors of a depthwise convolution to the third, with 3x3 taps and channels in fours. */
export type DepthwiseKernel = (
  first: number,
  second: number,
  result: number,
  scratch: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  outHeight: number,
  outWidth: number,
  top: number,
  left: number,
  stride: number,
) => void

let compiled: WebAssembly.Module | undefined
const instances = new WeakMap<BackendWasm, AssemblyKernels>()

/**
 * The memory of a backend. Emscripten keeps the exports of its module, its memory among them, in `asm`; a
 * version that no longer does ends the program here, with a message, and not with wrong numbers.
 */
export function heapMemory(backend: BackendWasm): WebAssembly.Memory {
  const { memory } = (backend.wasm as unknown as { asm?: { memory?: unknown } }).asm ?? {}
  if (!(memory instanceof WebAssembly.Memory))
    throw new Error('This version of the WASM backend does not show its memory.')
  return memory
}

/** Our own kernels, working in place on the memory of the backend. */
export function assemblyKernels(backend: BackendWasm): AssemblyKernels {
  let kernels = instances.get(backend)
  if (kernels === undefined) {
    compiled ??= new WebAssembly.Module(readFileSync(modulePath('training')))
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: heapMemory(backend) } })
    kernels = exports as unknown as AssemblyKernels
    instances.set(backend, kernels)
  }
  return kernels
}

import type { WasmKernels } from './wasm-kernels.ts'

/** Float32 values in the WebAssembly memory, and the number under which kernels know them. */
export interface WasmTensor {
  readonly id: number
  readonly address: number
  readonly values: number
}

/** Of a float32. */
export const bytesPerValue = 4

/** Numbers go on over all memories of one module: kernels know tensors by nothing else. */
let lastId = 0
const held = { tensors: 0, bytes: 0 }

/** What is held of the WebAssembly memory: it must not grow from frame to frame. */
export const measureMemory = (): { tensors: number; bytes: number } => ({ ...held })

/** Gives out tensors. Whoever takes one gives it back. */
export class TensorMemory {
  readonly #kernels: WasmKernels

  constructor(kernels: WasmKernels) {
    this.#kernels = kernels
  }

  /** Its values are whatever was there before. */
  take(values: number): WasmTensor {
    // Addresses beyond 2 GB come as negative numbers.
    const address = this.#kernels._malloc(values * bytesPerValue) >>> 0
    if (address === 0) throw new RangeError(`There is no memory for ${values} values.`)
    const tensor = { id: ++lastId, address, values }
    this.#kernels._register_tensor(tensor.id, values, address)
    held.tensors++
    held.bytes += values * bytesPerValue
    return tensor
  }

  giveBack({ id, address, values }: WasmTensor): void {
    this.#kernels._dispose_data(id)
    this.#kernels._free(address)
    held.tensors--
    held.bytes -= values * bytesPerValue
  }

  /** A tensor's values in place: to be used before the memory may grow. */
  view({ address, values }: WasmTensor): Float32Array {
    return this.#kernels.HEAPF32.subarray(address / bytesPerValue, address / bytesPerValue + values)
  }
}

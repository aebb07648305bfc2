import { Identity, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core'
import type { WasmKernelArgs } from './heap.ts'
import { wasmKernel } from './wasm-kernel.ts'

/**
 * A second name for the same memory, where the stock kernel copies it. Whatever a gradient saves goes through
 * here: without this, every activation of a network in training lies on the heap twice.
 */
export function identity(): KernelConfig {
  const kernelFunc = ({ inputs, backend }: WasmKernelArgs): TensorInfo => {
    const { dataId, shape, dtype } = inputs['x']!
    backend.incRef(dataId)
    return { dataId, shape, dtype }
  }
  return wasmKernel(Identity, kernelFunc)
}

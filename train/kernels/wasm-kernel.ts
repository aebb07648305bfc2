import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core'

/**
 * A kernel of ours for the WASM backend. tfjs types what a kernel is given by its names alone; each names its
 * own inputs and attributes.
 */
export const wasmKernel = (kernelName: string, kernelFunc: (args: never) => unknown): KernelConfig => ({
  kernelName,
  backendName: 'wasm',
  kernelFunc: kernelFunc as unknown as KernelFunc,
})

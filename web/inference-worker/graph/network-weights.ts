import type { WasmTensor } from '../tensor-memory.ts'

/**
 * Weights of a network in the order of `planNetwork(spec).tensors`: kernel, bias, kernel, bias, … Each lies
 * as the layer wants it that reads it: `upload` of the runner that runs them has put it there.
 */
export type NetworkWeights = readonly WasmTensor[]

/** By which our kernels find a tensor; 0 where there is none. */
export const addressAt = (weights: NetworkWeights, index: number): number => weights[index]?.address ?? 0

/** By which tfjs's kernels find a tensor; 0 where there is none. */
export const idAt = (weights: NetworkWeights, index: number): number => weights[index]?.id ?? 0

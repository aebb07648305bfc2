import createTfjsModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { argMax } from '../../core/gate/entropy.ts'
// What ships, in a real browser too: held against its own convolutions in one run.
/* eslint-disable import-x/no-restricted-paths */
import { instantiateKernels, type ModuleSettings } from '../../web/inference-worker/instantiate-kernels.ts'
import { NetworkRunner } from '../../web/inference-worker/network-runner.ts'
import { TensorMemory } from '../../web/inference-worker/tensor-memory.ts'
import type { WasmKernels } from '../../web/inference-worker/wasm-kernels.ts'
/* eslint-enable import-x/no-restricted-paths */
import type { EngineOrder } from './order.ts'

const createModule = createTfjsModule as unknown as (settings: ModuleSettings) => Promise<WasmKernels>

/**
 * A partition as the page and its worker run it: from the network's input to the class that it answers. Its
 * kernels are a module of their own, of the same file.
 */
export async function shippedPartition(
  { spec, blob }: EngineOrder['partition'],
  kernelsUrl: string,
): Promise<(frame: Float32Array) => number> {
  const kernels = await instantiateKernels(kernelsUrl, 1, createModule)
  const memory = new TensorMemory(kernels)
  const weights = decodeWeights(spec, blob).map(({ values }) => {
    const tensor = memory.take(values.length)
    memory.view(tensor).set(values)
    return tensor
  })
  const runner = new NetworkRunner(kernels, spec)
  return (frame) => {
    runner.input.set(frame)
    return argMax(runner.run(weights))
  }
}

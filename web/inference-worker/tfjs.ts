import * as tf from '@tensorflow/tfjs-core'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm/dist/base'
import { addConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Add'
import { avgPoolConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/AvgPool'
import { castConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Cast'
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D'
import { _fusedMatMulConfig as fusedMatMulConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul'
import { identityConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Identity'
import { maxPoolConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/MaxPool'
import { reshapeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape'
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import { CacheNetError } from '../../core/wire/errors.ts'

/**
 * The kernels that `core/network/forward.ts` needs, and no others: all of them together weigh 26 kB more on the wire.
 * The engine's test runs every kind of layer, so a kernel that is missing here cannot go unnoticed.
 */
const kernels = [addConfig, avgPoolConfig, castConfig, fusedConv2DConfig, fusedMatMulConfig, identityConfig, maxPoolConfig, reshapeConfig]

let starting: Promise<void> | undefined

/**
 * Starts the WASM backend: SIMD, one thread. Threads would need a worker made from a string, which the content security policy
 * forbids, and a network of a few million multiply-accumulates gains nothing from them. Throws `engine-failed`.
 */
export function startBackend(): Promise<void> {
  starting ??= start()
  return starting
}

async function start(): Promise<void> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new CacheNetError('engine-failed', 'This browser cannot run the networks: it has no WebAssembly SIMD. Update it, or use another.')
  }
  // All three names must be given; only the SIMD file is ever fetched, so only that one is shipped.
  setWasmPaths({
    'tfjs-backend-wasm.wasm': simdUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  })
  for (const kernel of kernels) tf.registerKernel(kernel)
  if (!(await tf.setBackend('wasm'))) {
    throw new CacheNetError('engine-failed', 'The part that runs the networks could not be loaded. Reload the page while you are online.', {
      url: simdUrl,
    })
  }
}

/** What tfjs holds at the moment: it must not grow from frame to frame. */
export function measureMemory(): { tensors: number; bytes: number } {
  const { numTensors, numBytes } = tf.memory()
  return { tensors: numTensors, bytes: numBytes }
}

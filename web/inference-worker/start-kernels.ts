import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import createTfjsModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js'
import { CacheNetError } from '../../core/wire/errors.ts'
import { compileFrameKernels, instantiateFrameKernels } from './frame-kernels.ts'
import { instantiateKernels, type ModuleSettings } from './instantiate-kernels.ts'
import type { WasmKernels } from './wasm-kernels.ts'

const createModule = createTfjsModule as unknown as (settings: ModuleSettings) => Promise<WasmKernels>

/** (func i32.const 0, i32x4.splat, drop): valid only where there is SIMD. */
const simdProbe = Uint8Array.of(
  0,
  0x61,
  0x73,
  0x6d,
  1,
  0,
  0,
  0,
  1,
  4,
  1,
  0x60,
  0,
  0,
  3,
  2,
  1,
  0,
  10,
  9,
  1,
  7,
  0,
  0x41,
  0,
  0xfd,
  17,
  0x1a,
  11,
)

let starting: Promise<WasmKernels> | undefined

/**
 * Loads and starts the kernels: SIMD, one thread, with ours beside them. Once for all who ask. Rejects with
 * `engine-failed`.
 */
export function startKernels(): Promise<WasmKernels> {
  starting ??= start()
  return starting
}

async function start(): Promise<WasmKernels> {
  if (!WebAssembly.validate(simdProbe)) {
    throw new CacheNetError(
      'engine-failed',
      'This browser cannot run the networks: it has no WebAssembly SIMD. Update it, or use another.',
    )
  }
  const compiling = compileFrameKernels()
  compiling.catch(() => undefined)
  return instantiateKernels(simdUrl, 1, createModule, (memory) =>
    compiling
      .then((module) => instantiateFrameKernels(module, memory))
      // Without them tfjs's kernels do everything: slower, and the answers are the same.
      .catch(() => undefined),
  )
}

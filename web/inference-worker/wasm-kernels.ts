import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import createTfjsModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js'
import { CacheNetError } from '../../core/wire/errors.ts'

/**
 * The kernels of tfjs's WebAssembly file, as it exports them (tfjs-backend-wasm/src/cc/kernels). They know tensors by the numbers under which
 * they were registered; number 0 is no tensor. Shapes are pointers to int32s in the WebAssembly memory.
 */
export interface WasmKernels {
  /** The whole memory. Another object after it has grown: never kept. */
  readonly HEAPF32: Float32Array<ArrayBuffer>
  readonly HEAP32: Int32Array<ArrayBuffer>
  _malloc(bytes: number): number
  _free(address: number): void
  _init_with_threads_count(threads: number): void
  _register_tensor(tensor: number, values: number, address: number): void
  /** Forgets a tensor, and what was prepared for the layer whose weights it is. */
  _dispose_data(tensor: number): void
  /** x [batch, height, width, channels], filter [height, width, in, out]; paddings count where `isSame` is 0. */
  _FusedConv2D(
    x: number, batch: number, height: number, width: number,
    filter: number, filterHeight: number, filterWidth: number, bias: number,
    padTop: number, padRight: number, padBottom: number, padLeft: number, isSame: number,
    dilationHeight: number, dilationWidth: number, strideHeight: number, strideWidth: number,
    channels: number, filters: number, activation: number, preluWeights: number, leakiness: number, out: number,
  ): void
  /** a [1, rows, inner] · b [1, inner, columns] + bias. */
  __FusedMatMul(
    a: number, aShape: number, aRank: number, b: number, bShape: number, bRank: number,
    isATransposed: number, isBTransposed: number, activation: number, bias: number, preluWeights: number, leakiness: number, out: number,
  ): void
  _MaxPool(
    x: number, batch: number, height: number, width: number, windowHeight: number, windowWidth: number,
    padTop: number, padRight: number, padBottom: number, padLeft: number, dilationHeight: number, dilationWidth: number,
    strideHeight: number, strideWidth: number, channels: number, outChannels: number, out: number,
  ): void
  _AvgPool(
    x: number, batch: number, height: number, width: number, windowHeight: number, windowWidth: number,
    padTop: number, padRight: number, padBottom: number, padLeft: number, strideHeight: number, strideWidth: number, channels: number, out: number,
  ): void
  _Add(a: number, aShape: number, aRank: number, b: number, bShape: number, bRank: number, type: number, out: number): void
}

type CreateModule = (settings: {
  instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): Record<string, never>
}) => Promise<WasmKernels>
const createModule = createTfjsModule as unknown as CreateModule

/** (func i32.const 0, i32x4.splat, drop): valid only where there is SIMD. */
const simdProbe = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 0x41, 0, 0xfd, 17, 0x1a, 11)

let starting: Promise<WasmKernels> | undefined

/** Loads and starts the kernels: SIMD, one thread. Once for all who ask. Rejects with `engine-failed`. */
export function startKernels(): Promise<WasmKernels> {
  starting ??= start()
  return starting
}

async function start(): Promise<WasmKernels> {
  if (!WebAssembly.validate(simdProbe)) {
    throw new CacheNetError('engine-failed', 'This browser cannot run the networks: it has no WebAssembly SIMD. Update it, or use another.')
  }
  // The file is asked for before anything else; its compilation does not wait for the rest of it.
  const compiling = WebAssembly.compileStreaming(fetch(simdUrl))
  compiling.catch(() => undefined)
  try {
    const kernels = await new Promise<WasmKernels>((resolve, reject) => {
      const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): Record<string, never> => {
        compiling.then((module) => WebAssembly.instantiate(module, imports)).then(receive, reject)
        return {}
      }
      createModule({ instantiateWasm }).then(resolve, reject)
    })
    kernels._init_with_threads_count(1)
    return kernels
  } catch (cause) {
    throw new CacheNetError('engine-failed', 'The part that runs the networks could not be loaded. Reload the page while you are online.', { url: simdUrl }, { cause })
  }
}

import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import createTfjsModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js'
import glueUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url'
import { CacheNetError } from '../../core/wire/errors.ts'
import { instantiateKernels, type ModuleSettings } from './instantiate-kernels.ts'
import kernelThreadUrl from 'kernel-thread.js?url'
import type { WasmKernels } from './wasm-kernels.ts'

interface ThreadedKernels extends WasmKernels {
  /** How many threads share a kernel's work, the calling one among them. */
  _get_threads_count(): number
}

interface ThreadedModuleSettings extends ModuleSettings {
  locateFile(path: string): string
  /** What each thread loads to run the module's functions. */
  readonly mainScriptUrlOrBlob: string
  /** Put there by the factory. */
  readonly PThread?: { readonly unusedWorkers: Worker[] }
}

const createModule = createTfjsModule as unknown as (
  settings: ThreadedModuleSettings,
) => Promise<ThreadedKernels>

/**
 * (memory 1 1 shared) and (func i32.const 0, i32.atomic.load, drop), with SIMD: valid only where there are
 * threads and SIMD.
 */
const threadsProbe = Uint8Array.of(
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
  5,
  4,
  1,
  3,
  1,
  1,
  10,
  16,
  1,
  14,
  0,
  0x41,
  0,
  0xfe,
  16,
  2,
  0,
  0x1a,
  0x41,
  0,
  0xfd,
  17,
  0x1a,
  11,
)

const starting = new Map<number, Promise<WasmKernels>>()

/**
 * Loads and starts the kernels that share their work among threads, this one and others of its own. Once for
 * all who ask. Rejects with `engine-failed`.
 */
export function startThreadedKernels(threads: number): Promise<WasmKernels> {
  const earlier = starting.get(threads)
  if (earlier !== undefined) return earlier
  const kernels = start(threads)
  starting.set(threads, kernels)
  return kernels
}

async function start(threads: number): Promise<WasmKernels> {
  if (!crossOriginIsolated)
    throw new CacheNetError(
      'engine-failed',
      'Threads need a page that is isolated from other origins, and this one is not.',
    )
  if (!WebAssembly.validate(threadsProbe))
    throw new CacheNetError(
      'engine-failed',
      'This browser has no WebAssembly threads with SIMD. Update it, or use another.',
    )
  const kernels = await instantiateKernels(wasmUrl, threads, (settings) => create(settings, threads))
  const started = kernels._get_threads_count()
  if (started !== threads)
    throw new CacheNetError('engine-failed', `Of ${threads} threads ${started} were started.`, {
      threads,
      started,
    })
  return kernels
}

function create(settings: ModuleSettings, threads: number): Promise<ThreadedKernels> {
  // A file, and not a blob as in tfjs: see web/build/kernel-thread.ts.
  const shared: ThreadedModuleSettings = {
    mainScriptUrlOrBlob: glueUrl,
    locateFile: (path) => (path.endsWith('.worker.js') ? kernelThreadUrl : path),
    // The file takes half of the cores at most, for the sake of x86's hyperthreads: phones have none, and the
    // number was chosen already.
    instantiateWasm: ({ env, ...others }, receive) =>
      settings.instantiateWasm(
        { ...others, env: { ...env, emscripten_num_logical_cores: () => 2 * threads } },
        receive,
      ),
  }
  const creating = createModule(shared)
  // The factory is built to begin eight workers, whatever is asked for. They are sent to work when the file
  // is compiled: the surplus goes before, and one stays in any case, since the factory waits for the last of
  // them.
  for (const surplus of shared.PThread?.unusedWorkers.splice(Math.max(1, threads - 1)) ?? [])
    surplus.terminate()
  return creating
}

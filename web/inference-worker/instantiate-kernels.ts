import { CacheNetError } from '../../core/wire/errors.ts'
import { compileWasm } from './compile-wasm.ts'
import type { WasmKernels } from './wasm-kernels.ts'

/** What emscripten's module factories take from us; both of tfjs's do. */
export interface ModuleSettings {
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): Record<string, never>
}

const memoryOf = ({ exports }: WebAssembly.Instance): WebAssembly.Memory | undefined =>
  Object.values(exports).find((exported) => exported instanceof WebAssembly.Memory)

/**
 * Loads a WebAssembly file into the module that `create` makes around it, and starts its kernels. Rejects
 * with `engine-failed`.
 *
 * @param beside starts further kernels on the module's memory
 */
export async function instantiateKernels<Kernels extends WasmKernels>(
  url: string,
  threads: number,
  create: (settings: ModuleSettings) => Promise<Kernels>,
  beside?: (memory: WebAssembly.Memory) => Promise<WasmKernels['frame']>,
): Promise<Kernels> {
  // The file is asked for before anything else; its compilation does not wait for the rest of it.
  const compiling = compileWasm(url)
  compiling.catch(() => undefined)
  let memory: WebAssembly.Memory | undefined
  try {
    const kernels = await new Promise<Kernels>((resolve, reject) => {
      const instantiateWasm: ModuleSettings['instantiateWasm'] = (imports, receive) => {
        compiling
          .then(async (module) => {
            const instance = await WebAssembly.instantiate(module, imports)
            memory = memoryOf(instance)
            receive(instance, module)
          })
          .catch(reject)
        return {}
      }
      create({ instantiateWasm }).then(resolve, reject)
    })
    kernels._init_with_threads_count(threads)
    if (memory !== undefined && beside !== undefined) kernels.frame = await beside(memory)
    return kernels
  } catch (cause) {
    throw new CacheNetError(
      'engine-failed',
      'The part that runs the networks could not be loaded. Reload the page while you are online.',
      { url },
      { cause },
    )
  }
}

import { CacheNetError } from '../../core/wire/errors.ts'
import type { WasmKernels } from './wasm-kernels.ts'

/** What emscripten's module factories take from us; both of tfjs's do. */
export interface ModuleSettings {
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): Record<string, never>
}

/**
 * Hashes of the WebAssembly files by the beginning of their names, put in by the build; tests and the
 * development server have none.
 */
declare const kernelHashes: Readonly<Record<string, string>> | undefined

function hashOf(url: string): string {
  const name = url.split('/').at(-1) ?? ''
  const known = typeof kernelHashes === 'undefined' ? [] : Object.entries(kernelHashes)
  return known.find(([start]) => name.startsWith(`${start}-`))?.[1] ?? ''
}

/**
 * Compiled while it comes. Where that fails it is fetched past the HTTP cache, which may keep what came
 * wrong, and taken whatever its type says.
 */
async function compile(url: string): Promise<WebAssembly.Module> {
  const integrity = hashOf(url)
  try {
    return await WebAssembly.compileStreaming(fetch(url, { integrity }))
  } catch {
    const response = await fetch(url, { integrity, cache: 'reload' })
    return WebAssembly.compile(await response.arrayBuffer())
  }
}

/**
 * Loads a WebAssembly file into the module that `create` makes around it, and starts its kernels. Rejects
 * with `engine-failed`.
 */
export async function instantiateKernels<Kernels extends WasmKernels>(
  url: string,
  threads: number,
  create: (settings: ModuleSettings) => Promise<Kernels>,
): Promise<Kernels> {
  // The file is asked for before anything else; its compilation does not wait for the rest of it.
  const compiling = compile(url)
  compiling.catch(() => undefined)
  try {
    const kernels = await new Promise<Kernels>((resolve, reject) => {
      const instantiateWasm: ModuleSettings['instantiateWasm'] = (imports, receive) => {
        compiling
          .then(async (module) => receive(await WebAssembly.instantiate(module, imports), module))
          .catch(reject)
        return {}
      }
      create({ instantiateWasm }).then(resolve, reject)
    })
    kernels._init_with_threads_count(threads)
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

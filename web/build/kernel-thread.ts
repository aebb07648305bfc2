import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../../.cache/kernel-thread.js', import.meta.url))

/**
 * What a thread of tfjs's threaded kernels runs. tfjs ships it as a text, to be made a blob; the page's
 * content security policy lets workers come from its own origin only, so it is written to a file, which
 * `kernel-thread.js?url` then names.
 */
export function kernelThreadAlias(): { find: RegExp; replacement: string }[] {
  const require = createRequire(import.meta.url)
  const { wasmWorkerContents } =
    require('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js') as {
      wasmWorkerContents: string
    }
  mkdirSync(dirname(path), { recursive: true })
  // In the text a line ends inside of quotes, where the source of it says \n.
  writeFileSync(path, wasmWorkerContents.replaceAll('"\n"', String.raw`"\n"`))
  return [{ find: /^kernel-thread\.js(?=\?url$)/, replacement: path }]
}

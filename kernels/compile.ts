import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import * as asc from 'assemblyscript/asc'
import { endAtFlags } from '../core/command-line/answer-to-flags.ts'
import { modulePath, modules, type ModuleName } from './modules.ts'

const sources = new URL('./assembly/', import.meta.url)

/**
 * Compiles the sources in `assembly/` to a WebAssembly module: SIMD, memory imported, no runtime and no data
 * of its own. The same sources and compiler give the same bytes, which the test beside this file checks
 * against the file that ships.
 */
export async function compileModule(name: ModuleName): Promise<Uint8Array> {
  const { entry, features } = modules[name]
  let compiled: Uint8Array | undefined
  let messages = ''
  const { error } = await asc.main(
    [
      entry,
      '--outFile',
      'module.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      '--noExportMemory',
      '--enable',
      features,
    ],
    {
      readFile: async (file) => {
        try {
          return await readFile(new URL(file, sources), 'utf8')
        } catch {
          return null
        }
      },
      writeFile: (_name, contents) => {
        compiled = contents as Uint8Array
      },
      listFiles: () => [],
      stderr: { write: (text) => void (messages += text.toString()) },
    },
  )
  if (error !== null || compiled === undefined) throw new Error(`The kernels do not compile:\n${messages}`)
  return compiled
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  endAtFlags(
    process,
    'npm run build:kernels',
    'Compiles the kernels of training and phone from their sources to the modules beside them.',
  )
  for (const name of Object.keys(modules) as ModuleName[]) {
    const bytes = await compileModule(name)
    await writeFile(modulePath(name), bytes)
    process.stdout.write(`${modulePath(name).pathname}: ${bytes.length} bytes\n`)
  }
}

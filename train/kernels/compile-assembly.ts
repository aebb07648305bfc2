import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import * as asc from 'assemblyscript/asc'
import { endAtFlags } from '../../core/command-line/answer-to-flags.ts'
import { modulePath } from './assembly.ts'

const entry = 'index.ts'
const sources = new URL('./assembly/', import.meta.url)

/**
 * Compiles the sources in `assembly/` to one WebAssembly module: SIMD, memory imported, no runtime and no
 * data of its own. The same sources and compiler give the same bytes, which the test beside this file checks
 * against the file that ships.
 */
export async function compileAssembly(): Promise<Uint8Array> {
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
      'simd,bulk-memory',
    ],
    {
      readFile: async (name) => {
        try {
          return await readFile(new URL(name, sources), 'utf8')
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
    'Compiles the kernels of the training from their sources to the module beside them.',
  )
  const bytes = await compileAssembly()
  await writeFile(modulePath, bytes)
  process.stdout.write(`${modulePath.pathname}: ${bytes.length} bytes\n`)
}

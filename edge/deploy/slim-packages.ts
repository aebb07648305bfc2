import { readdir, rm, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

export interface Machine {
  readonly platform: string
  readonly arch: string
}

export interface SlimOptions extends Machine {
  /** Answers come from tfjs's WebAssembly; bundles whose full model is an ONNX file cannot be served then. */
  readonly isWithoutOnnx?: boolean
}

/** What an edge never loads, by the path in `node_modules`. */
function isIdle(path: string, { platform, arch, isWithoutOnnx = false }: SlimOptions): boolean {
  const parts = path.split(sep)
  const [name = ''] = parts
  // Maps, and declarations of types.
  if (/\.map$|\.d\.[cm]?ts$/.test(path)) return true
  if (isWithoutOnnx && /^onnxruntime-(node|web|common)$/.test(name)) return true
  // Binaries for every system lie in the one package: bin/napi-v6/linux/x64.
  if (name === 'onnxruntime-node' && parts[1] === 'bin' && parts.length === 5)
    return parts[3] !== platform || parts[4] !== arch
  // Forms for graphics cards, which no Node has.
  if (name === 'onnxruntime-web' && /\.(jsep|asyncify|jspi)\.wasm$/.test(path)) return true
  // The same code once more for bundlers and browsers; Node is asked for the form that is required.
  if (name === 'luxon')
    return parts[1] === 'src' || (parts[1] === 'build' && parts.length > 2 && parts[2] !== 'node')
  return [join('protobufjs', 'cli'), join('bullmq', 'dist', 'esm')].includes(path)
}

async function bytesOf(path: string): Promise<number> {
  const facts = await stat(path)
  if (!facts.isDirectory()) return facts.size
  const names = await readdir(path)
  const sizes = await Promise.all(names.map((name) => bytesOf(join(path, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * Deletes from installed packages what an edge on this machine never loads. What is deleted comes back with
 * `npm ci`.
 *
 * @param packages a `node_modules` folder
 * @returns how many bytes were deleted. Rejects where the folder cannot be read or written
 */
export async function slimPackages(packages: string, options: SlimOptions): Promise<number> {
  let deleted = 0
  async function visit(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (isIdle(relative(packages, path), options)) {
        deleted += await bytesOf(path)
        await rm(path, { recursive: true })
      } else if (entry.isDirectory()) await visit(path)
    }
  }
  await visit(packages)
  return deleted
}

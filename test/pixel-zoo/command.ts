import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A file of the zoo and what was read of it, all in base64: RGB of 32x32 pixels. */
export interface ZooEntry {
  readonly name: string
  readonly type: string
  readonly bytes: string
  readonly trainer: string
  /** Absent for formats that the edge does not take. */
  readonly edge?: string
  /** Absent where the file does not hold the picture that it was made from. */
  readonly expected?: string
}

/**
 * For a test in a browser: the zoo, and what trainer and edge read of it. Runs in a program of its own, since
 * both decode in Node.
 */
export async function pixelZoo(): Promise<ZooEntry[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'test/pixel-zoo/print-zoo.ts'],
    { maxBuffer: 2 ** 26, timeout: 180_000 },
  )
  return JSON.parse(stdout) as ZooEntry[]
}

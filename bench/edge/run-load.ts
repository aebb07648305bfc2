import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { LoadResult } from './load.ts'

export interface LoadOrder {
  readonly port: number
  readonly bundleId: string
  readonly frameBytes: number
  /**
   * `closed`: senders that wait for their answers; `idle`: one with pauses; `rate`: so many a second,
   * whatever happens.
   */
  readonly kind: 'closed' | 'idle' | 'rate'
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
}

const program = fileURLToPath(new URL('load-process.ts', import.meta.url))

/** Loads an edge from a process of its own. */
export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', program, JSON.stringify(order)],
    { maxBuffer: 2 ** 28 },
  )
  return JSON.parse(stdout) as LoadResult
}

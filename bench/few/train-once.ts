import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'

const trainMain = fileURLToPath(new URL('../../train/main.ts', import.meta.url))

export interface Trained {
  readonly manifest: Manifest
  /** Of the whole command: reading, training, calibration, evaluation, export. */
  readonly seconds: number
  /** Of all its threads: what others do on the machine does not count. */
  readonly cpuSeconds: number
}

/** `npm run train -- folder` with these arguments, as a person would type it, into a folder of its own. */
export async function trainOnce(
  data: string,
  work: string,
  name: string,
  args: readonly string[],
): Promise<Trained> {
  const startedAt = performance.now()
  // User and system time of the command alone: bash says it when it ends.
  const command = [process.execPath, '--import', 'tsx', trainMain, 'folder', '--data', data, '--id', name]
  const places = ['--out', join(work, 'bundles'), '--run', join(work, 'runs', name), '--key', 'none']
  const { stderr } = await promisify(execFile)(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', ...command, ...places, ...args],
    { maxBuffer: 2 ** 26 },
  )
  const times = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  const text = await readFile(join(work, 'bundles', name, 'manifest.json'), 'utf8')
  return {
    manifest: parseManifest(JSON.parse(text)),
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: times.reduce((sum, seconds) => sum + seconds, 0),
  }
}

import { spawn } from 'node:child_process'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Random } from '../../core/random.ts'
import { decodeCheckpoint } from '../../train/run/checkpoint-format.ts'
import { slotsOf } from '../../train/run/checkpoint.ts'
import { damage, damages } from '../../train/testing/damage.ts'
import { smallTraining } from '../../train/testing/small-training.ts'

const main = fileURLToPath(new URL('../../train/main.ts', import.meta.url))

export interface Ended {
  readonly isKilled: boolean
  readonly code: number | null
  readonly output: string
}

/**
 * `npm run train -- walkers`, everything small, in a folder of its own, or goes on with what is there. With a
 * time it is killed so many milliseconds behind its first word.
 */
export async function trainSmall(folder: string, killAfterMs?: number): Promise<Ended> {
  const isResumed = await stat(join(folder, 'run', 'run.json')).then(
    () => true,
    () => false,
  )
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify(smallTraining))
  const where = ['--config', config, '--run', join(folder, 'run'), '--out', folder]
  const args = ['--import', 'tsx', main, 'walkers', ...where, ...(isResumed ? ['--resume'] : [])]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  let killing: NodeJS.Timeout | undefined
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (killAfterMs !== undefined) killing ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(killing)
      resolve({ isKilled: signal === 'SIGKILL', code, output })
    })
  })
}

/**
 * The blobs of a finished training, by their hashes, and its manifest without when, how long and from which
 * commit.
 */
export async function resultOf(
  folder: string,
): Promise<{ readonly blobs: readonly string[]; readonly manifest: unknown }> {
  const bundle = join(folder, 'walkers')
  const manifest = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8')) as Record<
    string,
    unknown
  > & { training: Record<string, unknown> }
  const { createdAt: _createdAt, training, ...facts } = manifest
  const { elapsedSeconds: _elapsed, commit: _commit, ...settings } = training
  return { blobs: (await readdir(join(bundle, 'blobs'))).sort(), manifest: { ...facts, training: settings } }
}

/**
 * Spoils the newer of two checkpoints that a killed training left. Returns which; undefined where there are
 * no two that are whole yet.
 */
export async function damageNewest(folder: string, random: Random): Promise<string | undefined> {
  const checkpoints = join(folder, 'run', 'checkpoints')
  const names: string[] = await readdir(checkpoints).catch(() => [])
  const newest: string[] = []
  for (const name of names.filter((one) => names.includes(`${one}.2`))) {
    const paths = slotsOf(join(checkpoints, name))
    const [first, second] = (await Promise.all(paths.map((path) => readFile(path)))).map(decodeCheckpoint)
    if (typeof first === 'object' && typeof second === 'object')
      newest.push(first.turn > second.turn ? paths[0] : paths[1])
  }
  if (newest.length === 0) return undefined
  const path = random.pick(newest)
  await writeFile(path, damage(await readFile(path), random.pick(damages), random))
  return path
}

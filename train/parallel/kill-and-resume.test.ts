import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../testing/train-to-file.ts', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-kill-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly firstStep: number
}

/** Trains in a process of its own, which is killed where a time is given. */
async function train(checkpoint: string, result: string, killAfterMs?: number): Promise<Ended> {
  const last = killAfterMs === undefined ? [] : [String(killAfterMs)]
  const child = spawn(process.execPath, ['--import', 'tsx', script, checkpoint, result, ...last], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, by) =>
      code === 0 || by === 'SIGKILL' ? resolve(by) : reject(new Error(`ended with ${code}`)),
    )
  })
  return { signal, firstStep: Number(printed) }
}

it(
  'a run that is killed at any moment and resumed ends with the same weights, bit for bit',
  { timeout: 240_000 },
  async () => {
    const file = (name: string): string => join(folder, name)
    await train(file('whole.checkpoint'), file('whole.bin'))
    // A checkpoint is written behind every step, so these fall into steps, writes and renames alike.
    for (const killAfterMs of [0, 3, 11]) {
      const { signal } = await train(file('parted.checkpoint'), file('parted.bin'), killAfterMs)
      expect(signal).toBe('SIGKILL')
    }
    const { signal, firstStep } = await train(file('parted.checkpoint'), file('parted.bin'))
    expect(signal).toBeNull()
    expect(firstStep).toBeGreaterThan(3)
    expect((await readFile(file('parted.bin'))).equals(await readFile(file('whole.bin')))).toBe(true)
  },
)

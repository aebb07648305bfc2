import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockRun } from './run-lock.ts'

const module = fileURLToPath(new URL('./run-lock.ts', import.meta.url))
let folder = ''
let path = ''
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-lock-'))
  path = join(folder, 'runs', 'a')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/**
 * Another process that locks the run and says what came of it; with `stays` it trains on until it is killed.
 */
async function other(stays = false): Promise<{ said: string; child: ChildProcess; ended: Promise<unknown> }> {
  const script = `const { lockRun } = await import(${JSON.stringify(module)})
    console.log(await lockRun(${JSON.stringify(path)}).then(() => 'locked', (error) => error.code + ': ' + error.message))
    ${stays ? 'setInterval(() => undefined, 1000)' : ''}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let said = ''
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('\n')) resolve()
    })
    void ended.then(() => resolve())
  })
  return { said: said.trim(), child, ended }
}

const lockFile = (): string => join(path, 'run.lock')
const write = async (content: string): Promise<void> => {
  await mkdir(path, { recursive: true })
  await writeFile(lockFile(), content)
}

it("is one process's: the second is refused by name, until the first is dead, however it died", async () => {
  const first = await other(true)
  expect(first.said).toBe('locked')
  const second = await other()
  expect(second.said).toMatch(new RegExp(`^run-in-use: .*Process ${String(first.child.pid)} trains there`))
  await second.ended
  // Who is refused takes nothing away.
  expect(await readFile(lockFile(), 'utf8')).toContain(String(first.child.pid))
  first.child.kill('SIGKILL')
  await first.ended
  await lockRun(path)
})

it('leaves nothing of a process that ended in order before its run began', async () => {
  const { said, ended } = await other()
  expect(said).toBe('locked')
  await ended
  expect(await readdir(folder)).toEqual([])
})

it('is given to one of several that start at once, also where an abandoned lock lies there', async () => {
  await write(JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), life: 'long ago' }))
  const all = await Promise.all([other(true), other(true), other(true)])
  expect(all.filter(({ said }) => said === 'locked')).toHaveLength(1)
  expect(all.filter(({ said }) => said.startsWith('run-in-use'))).toHaveLength(2)
})

it('is not kept by a later process of the same number', async () => {
  await write(JSON.stringify({ pid: process.ppid, host: hostname(), life: 'another start' }))
  await lockRun(path)
})

it('of another machine is believed, and the sentence says what to delete', async () => {
  await write(JSON.stringify({ pid: 1, host: 'elsewhere', life: '' }))
  await expect(lockRun(path)).rejects.toMatchObject({
    code: 'run-in-use',
    message: expect.stringContaining(`delete ${lockFile()}`) as string,
  })
})

it('that is empty or damaged holds while it may just be made, and not for ever', async () => {
  for (const content of ['', 'null', '{"pid":0}', '{']) {
    await write(content)
    await expect(lockRun(path)).rejects.toMatchObject({ code: 'run-in-use' })
  }
  await utimes(lockFile(), new Date(0), new Date(0))
  await lockRun(path)
})

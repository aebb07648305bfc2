import { rmSync, rmdirSync } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CacheNetError } from '../../core/wire/errors.ts'

/** Who trains in a run folder. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** Tells a process from a later one of the same number; empty where the system does not say. */
  readonly life: string
}

/** Between making a lock and writing into it. */
const unwrittenMs = 10_000
/** Of two that find the same lock abandoned, the later one wins; by then both have looked. */
const settleMs = 250

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/**
 * When the system was started and, since then, the process: field 22 of its line, behind its name, which may
 * hold anything.
 */
async function lifeOf(pid: number): Promise<string> {
  const [boot, line] = await Promise.all([read('/proc/sys/kernel/random/boot_id'), read(`/proc/${pid}/stat`)])
  const started = line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  return started === '' ? '' : `${boot.trim()} ${started}`
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, life } = JSON.parse(text) as Partial<Holder>
    if (
      typeof pid === 'number' &&
      Number.isSafeInteger(pid) &&
      pid > 0 &&
      typeof host === 'string' &&
      typeof life === 'string'
    )
      return { pid, host, life }
  } catch {
    // Said by the caller.
  }
  return undefined
}

/** Why a lock still holds, as a sentence; undefined where who made it is gone. */
async function holds(file: string): Promise<string | undefined> {
  const holder = parseHolder(await read(file))
  if (holder === undefined) {
    // Damaged, or a process that is just making it.
    const madeAt = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    )
    return Date.now() - madeAt < unwrittenMs ? 'Another process is just beginning there.' : undefined
  }
  const { pid, host, life } = holder
  // Nobody can say from here whether a process of another machine, or container, is alive.
  if (host !== hostname())
    return `A process of ${host} (${pid}) trains there. If it does not any more, delete ${file}.`
  const isThat = isAlive(pid) && (life === '' || (await lifeOf(pid)) === life)
  return isThat ? `Process ${pid} trains there.` : undefined
}

/** Locks of this process, and the first folder that each of them made. */
const held = new Map<string, string | undefined>()

/** A run that was refused before it began leaves nothing. */
function removeEmpty(folder: string, first: string): void {
  try {
    for (let path = folder; path.length >= first.length; path = dirname(path)) rmdirSync(path)
  } catch {
    // Something lies in it.
  }
}

function releaseAll(): void {
  for (const [file, firstMade] of held) {
    rmSync(file, { force: true })
    if (firstMade !== undefined) removeEmpty(dirname(file), firstMade)
  }
}

/**
 * Makes the run in `path` this process's until it ends, however it ends: a lock whose process is dead holds
 * nobody up. Throws `run-in-use` where another process has it. Of two processes that start at once one gets
 * it.
 */
export async function lockRun(path: string): Promise<void> {
  const file = join(resolve(path), 'run.lock')
  if (held.has(file)) return
  const made = await mkdir(dirname(file), { recursive: true })
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    life: await lifeOf(process.pid),
  } satisfies Holder)
  const isNew = await writeFile(file, mine, { flag: 'wx' }).then(
    () => true,
    (thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw thrown
    },
  )
  if (!isNew) {
    const refuse = (why: string): never => {
      throw new CacheNetError(
        'run-in-use',
        `The run in ${path} is another's: ${why} --run names another folder. Nothing was changed.`,
        { path },
      )
    }
    const why = await holds(file)
    if (why !== undefined) refuse(why)
    const own = `${file}.${process.pid}.tmp`
    await writeFile(own, mine)
    await rename(own, file)
    await sleep(settleMs)
    if ((await read(file)) !== mine) refuse('Another process has just begun there.')
  }
  if (held.size === 0) process.once('exit', releaseAll)
  held.set(file, made)
}

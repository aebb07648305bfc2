import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { learnResultSchema, type LearnRequest, type LearnResult } from '../../core/places/learn-result.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { writeByRename } from './write-by-rename.ts'

export interface TrainerOptions {
  /** The program that trains: `train/learn-place.ts`, where training is installed. */
  readonly program: string
  /** Folder for what is on its way. */
  readonly workFolder: string
  readonly threads: number
  readonly limitMs: number
}

/** Where training is not there, which an edge may do without. */
export const isTrainerThere = (program: string): boolean => existsSync(resolve(program))

/** Of the folder of one training, in the folder of its bundle. */
export const workFolderPrefix = 'learning-'

const loader = new URL('./start-trainer.js', import.meta.url)

function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It sets its own, too.
  }
}

/** Runs it to its end; ended from outside where it takes too long, or the signal says so. */
async function runProgram(
  signal: AbortSignal,
  program: string,
  path: string,
  limitMs: number,
): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  limited.throwIfAborted()
  const child = spawn(process.execPath, [fileURLToPath(loader), resolve(program), path], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // It is ended at once: nothing of it is worth keeping.
    killSignal: 'SIGKILL',
    signal: limited,
  })
  giveWay(child.pid)
  const code = await new Promise<number | null>((done, fail) => {
    // A signal that ends it is told of here before it is gone.
    child.once('error', (thrown) => {
      if (child.exitCode === null && child.pid !== undefined) child.once('exit', () => fail(thrown))
      else fail(thrown)
    })
    child.once('exit', (exitCode) => {
      if (!limited.aborted) done(exitCode)
    })
  })
  if (code !== 0)
    throw new CacheNetError('worker-crashed', `The training of a place ended with code ${code}.`)
}

/**
 * Trains in a process of its own that gives way to everything else. Rejects with `aborted` once the signal
 * is, `worker-timeout` where it took too long, and `worker-crashed` where it ended otherwise than it should.
 *
 * @returns what came of it, and the weights where it gains
 */
export async function runTrainer(
  signal: AbortSignal,
  request: Omit<LearnRequest, 'out' | 'threads'>,
  { program, workFolder, threads, limitMs }: TrainerOptions,
): Promise<{ result: LearnResult; blob: Uint8Array<ArrayBuffer> | undefined }> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const out = await mkdtemp(join(workFolder, workFolderPrefix))
  try {
    const path = join(out, 'request.json')
    await writeByRename(path, JSON.stringify({ ...request, out, threads } satisfies LearnRequest))
    try {
      await runProgram(signal, program, path, limitMs)
    } catch (thrown) {
      if (signal.aborted) throw new CacheNetError('aborted', 'The training of a place was ended.')
      if (thrown instanceof CacheNetError) throw thrown
      throw new CacheNetError(
        'worker-timeout',
        `The training of a place took longer than ${Math.round(limitMs / 1000)} seconds and was ended. Nothing was changed.`,
        { limitMs },
        { cause: thrown },
      )
    }
    const text = await readFile(join(out, 'result.json'), 'utf8').catch((cause: unknown) => {
      throw new CacheNetError('worker-crashed', 'The training of a place left no result.', {}, { cause })
    })
    const result = learnResultSchema.parse(JSON.parse(text))
    const blob = result.kind === 'gains' ? new Uint8Array(await readFile(join(out, 'whole.bin'))) : undefined
    return { result, blob }
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

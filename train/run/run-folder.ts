import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'

/** Writes to a temporary name and renames: a reader sees the old content or the new, never half of either. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, content)
  await rename(temporary, path)
}

/** What a run is about. Resuming with another is refused: its numbers would belong to neither. */
export interface RunIdentity {
  readonly dataset: string
  readonly data: string | null
  readonly config: unknown
}

/** The folder of one training run: `run.json`, `metrics.jsonl`, `checkpoints/`. */
export class RunFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** Starts a run in a new folder, or goes on with the one in `path`. Throws `checkpoint-invalid` where they do not fit. */
  static async open(path: string, identity: RunIdentity, isResumed: boolean): Promise<RunFolder> {
    const file = join(path, 'run.json')
    const stored = await readFile(file, 'utf8').catch(() => undefined)
    const wanted = JSON.stringify(identity, null, 2)
    if (isResumed && stored === undefined) {
      throw new CacheNetError('checkpoint-invalid', `There is no run to resume in ${path}. Leave --resume away to start one.`, { path })
    }
    if (isResumed && stored !== wanted) {
      throw new CacheNetError('checkpoint-invalid', `The run in ${path} has another config or other data. Its run.json says which; nothing was changed.`, { path })
    }
    if (!isResumed) {
      if (stored !== undefined) {
        throw new CacheNetError('checkpoint-invalid', `There is a run in ${path} already. --resume goes on with it; --run names another folder. Nothing was changed.`, { path })
      }
      await writeAtomically(file, wanted)
    }
    return new RunFolder(path)
  }

  /** Goes on with the run in `path` where there is one, and starts it otherwise. Throws `checkpoint-invalid` where it is another. */
  static async openOrResume(path: string, identity: RunIdentity): Promise<RunFolder> {
    const isThere = await stat(join(path, 'run.json')).then(() => true, () => false)
    return RunFolder.open(path, identity, isThere)
  }

  checkpointPath(name: string): string {
    return join(this.path, 'checkpoints', name)
  }

  /** Copies a checkpoint of another run, so that what is the same in both is trained once. Throws `checkpoint-invalid` where it has none. */
  async takeCheckpoint(otherRun: string, name: string): Promise<void> {
    const from = join(otherRun, 'checkpoints', name)
    const content = await readFile(from).catch((cause: unknown) => {
      throw new CacheNetError('checkpoint-invalid', `There is no ${from} to take over. Name the folder of a run that has trained it.`, { path: from }, { cause })
    })
    await writeAtomically(this.checkpointPath(name), content)
  }

  /** Adds the time of this start to that of the ones before; returns the sum. */
  async addElapsed(seconds: number): Promise<number> {
    const file = join(this.path, 'elapsed.json')
    const before = await readFile(file, 'utf8').then(Number, () => 0)
    await writeAtomically(file, String(before + seconds))
    return Math.round(before + seconds)
  }

  async log(entry: Record<string, unknown>): Promise<void> {
    await appendFile(join(this.path, 'metrics.jsonl'), `${JSON.stringify(entry)}\n`)
  }
}

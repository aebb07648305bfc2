import { appendFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'

/** Writes to a temporary name and renames: a reader sees the old content or the new, never half of either. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    // On a full disk half a file would take what is left.
    await rm(temporary, { force: true })
    throw error
  }
}

/** What a run is about. Resuming with another is refused: its numbers would belong to neither. */
export interface RunIdentity {
  readonly dataset: string
  readonly data: string | null
  readonly config: unknown
}

/** How to begin: `new` in an empty place, `resume` with what is there, `anew` in its place. */
export type RunStart = 'new' | 'resume' | 'anew'

/** All that a run leaves, what makes it a run last: who is interrupted while it is taken away finds it as it was, or not at all. */
const runFiles = ['checkpoints', 'metrics.jsonl', 'elapsed.json', 'reconstructions.json', 'report.html', 'run.json'] as const

const isThere = (path: string): Promise<boolean> => stat(join(path, 'run.json')).then(() => true, () => false)

/** Settings that two runs have differently, as "full.optimizer.epochs: 8 → 4"; a few of them. */
function differencesOf(stored: string, wanted: RunIdentity): string[] {
  const flatten = (value: unknown, path: string): [string, string][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
      : [[path.replace(/^config\./, ''), JSON.stringify(value)]]
  const [before, after] = [new Map(flatten(JSON.parse(stored), '')), new Map(flatten(JSON.parse(JSON.stringify(wanted)), ''))]
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key))
  return keys.map((key) => `${key}: ${before.get(key) ?? 'none'} → ${after.get(key) ?? 'none'}`)
}

/** The folder of one training run: `run.json`, `metrics.jsonl`, `checkpoints/`. */
export class RunFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /**
   * Whether a run can begin so in `path`: to be asked before time is spent on data. Throws `checkpoint-invalid` where there is a run already, or none
   * to resume; the message names the flags of `npm run train`.
   */
  static async requireStart(path: string, start: RunStart): Promise<void> {
    const hasRun = await isThere(path)
    if (start === 'resume' && !hasRun) {
      throw new CacheNetError('checkpoint-invalid', `There is no run to resume in ${path}. Leave --resume away to start one.`, { path })
    }
    if (start === 'new' && hasRun) {
      throw new CacheNetError(
        'checkpoint-invalid',
        `There is a run in ${path} already. --resume goes on with it, --anew throws it away and begins again; --run names another folder. Nothing was changed.`,
        { path },
      )
    }
  }

  /** Takes away what a run has left in `path`, and nothing else that lies there. */
  static async remove(path: string): Promise<void> {
    for (const name of runFiles) await rm(join(path, name), { recursive: true, force: true })
  }

  /** Starts a run in a new folder, or goes on with the one in `path`. Throws `checkpoint-invalid` where they do not fit. */
  static async open(path: string, identity: RunIdentity, isResumed: boolean): Promise<RunFolder> {
    const file = join(path, 'run.json')
    const stored = await readFile(file, 'utf8').catch(() => undefined)
    const wanted = JSON.stringify(identity, null, 2)
    await RunFolder.requireStart(path, isResumed ? 'resume' : 'new')
    if (isResumed && stored !== undefined && stored !== wanted) {
      const differences = differencesOf(stored, identity)
      const few = differences.slice(0, 4).join('; ')
      throw new CacheNetError(
        'checkpoint-invalid',
        `The run in ${path} has other settings or other data (${few}${differences.length > 4 ? `; and ${differences.length - 4} more` : ''}). ` +
          'npm run train with --anew in place of --resume throws it away and begins again with these; --run names another folder. Nothing was changed.',
        { path, differences },
      )
    }
    if (!isResumed) await writeAtomically(file, wanted)
    return new RunFolder(path)
  }

  /** Goes on with the run in `path` where there is one, and starts it otherwise. Throws `checkpoint-invalid` where it is another. */
  static async openOrResume(path: string, identity: RunIdentity): Promise<RunFolder> {
    return RunFolder.open(path, identity, await isThere(path))
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

import { appendFile, readFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'
import { isRetired } from '../config/retired-settings.ts'
import { copyCheckpoint } from './checkpoint.ts'
import { dataDifferences, type DataIdentity } from './data-differences.ts'
import { lockRun } from './run-lock.ts'
import { isLeftover, writeAtomically } from './write-atomically.ts'

/** What a run is about. Resuming with another is refused: its numbers would belong to neither. */
export interface RunIdentity extends DataIdentity {
  readonly dataset: string
  /** Where the images lie; where their digest is known the same ones may have moved. */
  readonly data: string | null
  readonly config: unknown
  /** The bundle whose trunks the networks begin with; left out where they begin from scratch. */
  readonly base?: { readonly id: string; readonly sha256: { readonly [network: string]: string } } | undefined
  /** `pixelDefinition`: the same files are other pixels under another. */
  readonly pixels?: number | undefined
  /** SHA-256 of a full model that somebody brought. */
  readonly full?: string | undefined
  /** Digest of pictures that it labelled. */
  readonly unlabelled?: string | undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Settings that differ, by their path, with both values. */
function settingDifferences(before: unknown, now: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(now) || isRetired(path, before)) return []
  if (!isRecord(before) || !isRecord(now))
    return [`${path} was ${JSON.stringify(before)} and is ${JSON.stringify(now)}`]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return keys.flatMap((key) =>
    settingDifferences(before[key], now[key], path === '' ? key : `${path}.${key}`),
  )
}

/** What a run that is there and the one that is wanted do not have in common, in sentences. */
function differences(before: RunIdentity, now: RunIdentity): string[] {
  const found = dataDifferences(before, now)
  if (before.dataset !== now.dataset) found.push(`The data set was ${before.dataset} and is ${now.dataset}.`)
  if (before.digest === undefined && before.data !== now.data)
    found.push(`The data were in ${String(before.data)}.`)
  if (before.pixels !== undefined && before.pixels !== now.pixels)
    found.push('The run began with a program that reads other pixels from the same files.')
  if (before.full !== now.full) found.push('The full model is another (--full and what belongs to it).')
  if (before.unlabelled !== now.unlabelled) found.push('The unlabelled pictures are others.')
  if (JSON.stringify(before.base?.sha256) !== JSON.stringify(now.base?.sha256)) {
    const named = ({ base }: RunIdentity): string =>
      base === undefined
        ? 'from scratch'
        : `with the bundle ${base.id} (${base.sha256['full']?.slice(0, 12)})`
    found.push(`It began ${named(before)}, and would now begin ${named(now)}: --from says which.`)
  }
  const settings = settingDifferences(before.config, now.config)
  if (settings.length > 0)
    found.push(`Settings differ: ${settings.slice(0, 5).join(', ')}${settings.length > 5 ? ', …' : ''}.`)
  return found
}

function parseIdentity(text: string, path: string): RunIdentity {
  try {
    const stored: unknown = JSON.parse(text)
    if (isRecord(stored) && typeof stored['dataset'] === 'string') return stored as unknown as RunIdentity
  } catch {
    // Said below.
  }
  throw new CacheNetError(
    'checkpoint-invalid',
    `${join(path, 'run.json')} is damaged, so nobody knows what the run was about. Name another folder with --run. Nothing was changed.`,
    { path },
  )
}

/**
 * What the run in a folder is about; undefined where there is none. Throws `checkpoint-invalid` where that is
 * damaged.
 */
export async function readIdentity(path: string): Promise<RunIdentity | undefined> {
  const stored = await readFile(join(path, 'run.json'), 'utf8').catch(() => undefined)
  return stored === undefined ? undefined : parseIdentity(stored, path)
}

/** How to begin: `new` in an empty place, `resume` with what is there, `anew` in its place. */
export type RunStart = 'new' | 'resume' | 'anew'

/**
 * All that a run leaves, what makes it a run last: who is interrupted while it is taken away finds it as it
 * was, or not at all.
 */
const runFiles = [
  'checkpoints',
  'metrics.jsonl',
  'elapsed.json',
  'reconstructions.json',
  'report.html',
  'run.json',
] as const

/** Ten years. What says more is damaged. */
const longestSeconds = 10 * 365 * 86_400

const isThere = (path: string): Promise<boolean> =>
  stat(join(path, 'run.json')).then(
    () => true,
    () => false,
  )

/** The folder of one training run: `run.json`, `metrics.jsonl`, `checkpoints/`. */
export class RunFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /**
   * Whether a run can begin so in `path`: to be asked before time is spent on data. Throws
   * `checkpoint-invalid` where there is a run already, or none to resume; the message names the flags of `npm
   * run train`.
   */
  static async requireStart(path: string, start: RunStart): Promise<void> {
    const hasRun = await isThere(path)
    if (start === 'resume' && !hasRun) {
      throw new CacheNetError(
        'checkpoint-invalid',
        `There is no run to resume in ${path}. Leave --resume away to start one.`,
        { path },
      )
    }
    if (start === 'new' && hasRun) {
      throw new CacheNetError(
        'checkpoint-invalid',
        `There is a run in ${path} already. --resume goes on with it, --anew throws it away and begins again; --run names another folder. Nothing was changed.`,
        { path },
      )
    }
  }

  /**
   * Makes the run in `path` this process's, until it ends: two trainings would spoil one another's
   * checkpoints. Throws `run-in-use` where it is another's.
   */
  static async lock(path: string): Promise<void> {
    await lockRun(path)
    // Nobody writes them any more.
    for (const folder of [path, join(path, 'checkpoints')]) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names.filter(isLeftover)) await rm(join(folder, name), { force: true })
    }
  }

  /** Takes away what a run has left in `path`, and nothing else that lies there. */
  static async remove(path: string): Promise<void> {
    for (const name of runFiles) await rm(join(path, name), { recursive: true, force: true })
  }

  /**
   * Starts a run in a new folder, or goes on with the one in `path`. Throws `checkpoint-invalid` where they
   * do not fit, `run-in-use` where another process trains there.
   */
  static async open(path: string, identity: RunIdentity, isResumed: boolean): Promise<RunFolder> {
    await RunFolder.requireStart(path, isResumed ? 'resume' : 'new')
    await RunFolder.lock(path)
    const file = join(path, 'run.json')
    const stored = await readFile(file, 'utf8').catch(() => undefined)
    const wanted = JSON.stringify(identity, null, 2)
    await RunFolder.requireStart(path, isResumed ? 'resume' : 'new')
    if (isResumed && stored !== undefined && stored !== wanted) {
      const found = differences(parseIdentity(stored, path), identity)
      if (found.length > 0) {
        throw new CacheNetError(
          'checkpoint-invalid',
          `The run in ${path} began with other settings or other data. ${found.join(' ')} ` +
            'npm run train with --anew in place of --resume throws it away and begins again with these; --run names another folder. Nothing was changed.',
          { path, differences: found },
        )
      }
      // Of an older run: what it did not say is held to from now on.
      await writeAtomically(file, wanted)
    }
    if (!isResumed) await writeAtomically(file, wanted)
    return new RunFolder(path)
  }

  /**
   * Goes on with the run in `path` where there is one, and starts it otherwise. Throws `checkpoint-invalid`
   * where it is another.
   */
  static async openOrResume(path: string, identity: RunIdentity): Promise<RunFolder> {
    return RunFolder.open(path, identity, await isThere(path))
  }

  checkpointPath(name: string): string {
    return join(this.path, 'checkpoints', name)
  }

  /**
   * Copies a checkpoint of another run, so that what is the same in both is trained once. Throws
   * `checkpoint-invalid` where it has none.
   */
  async takeCheckpoint(otherRun: string, name: string): Promise<void> {
    await copyCheckpoint(join(otherRun, 'checkpoints', name), this.checkpointPath(name))
  }

  /**
   * Adds the time of this start to that of the ones before; returns the sum. How long a training took is not
   * worth its result: what cannot be read counts as nothing, and what cannot be written is left.
   */
  async addElapsed(seconds: number): Promise<number> {
    const file = join(this.path, 'elapsed.json')
    const stored = await readFile(file, 'utf8').then(Number, () => 0)
    const sum = (Number.isFinite(stored) && stored >= 0 && stored < longestSeconds ? stored : 0) + seconds
    await writeAtomically(file, String(sum)).catch(() => undefined)
    return Math.round(sum)
  }

  async log(entry: Record<string, unknown>): Promise<void> {
    await appendFile(join(this.path, 'metrics.jsonl'), `${JSON.stringify(entry)}\n`)
  }
}

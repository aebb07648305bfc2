import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'
import { dataDifferences, type DataIdentity } from './data-differences.ts'

/** Writes to a temporary name and renames: a reader sees the old content or the new, never half of either. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, content)
  await rename(temporary, path)
}

/** What a run is about. Resuming with another is refused: its numbers would belong to neither. */
export interface RunIdentity extends DataIdentity {
  readonly dataset: string
  /** Where the images lie; where their digest is known the same ones may have moved. */
  readonly data: string | null
  readonly config: unknown
  /** `pixelDefinition`: the same files are other pixels under another. */
  readonly pixels?: number | undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Settings that differ, by their path, with both values. */
function settingDifferences(before: unknown, now: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(now)) return []
  if (!isRecord(before) || !isRecord(now)) return [`${path} was ${JSON.stringify(before)} and is ${JSON.stringify(now)}`]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return keys.flatMap((key) => settingDifferences(before[key], now[key], path === '' ? key : `${path}.${key}`))
}

/** What a run that is there and the one that is wanted do not have in common, in sentences. */
function differences(before: RunIdentity, now: RunIdentity): string[] {
  const found = dataDifferences(before, now)
  if (before.dataset !== now.dataset) found.push(`The data set was ${before.dataset} and is ${now.dataset}.`)
  if (before.digest === undefined && before.data !== now.data) found.push(`The data were in ${String(before.data)}.`)
  if (before.pixels !== undefined && before.pixels !== now.pixels) found.push('The run began with a program that reads other pixels from the same files.')
  const settings = settingDifferences(before.config, now.config)
  if (settings.length > 0) found.push(`Settings differ: ${settings.slice(0, 5).join(', ')}${settings.length > 5 ? ', …' : ''}.`)
  return found
}

function parseIdentity(text: string, path: string): RunIdentity {
  try {
    const stored: unknown = JSON.parse(text)
    if (isRecord(stored) && typeof stored['dataset'] === 'string') return stored as unknown as RunIdentity
  } catch {
    // Said below.
  }
  throw new CacheNetError('checkpoint-invalid', `${join(path, 'run.json')} is damaged, so nobody knows what the run was about. Name another folder with --run. Nothing was changed.`, { path })
}

/** What the run in a folder is about; undefined where there is none. Throws `checkpoint-invalid` where that is damaged. */
export async function readIdentity(path: string): Promise<RunIdentity | undefined> {
  const stored = await readFile(join(path, 'run.json'), 'utf8').catch(() => undefined)
  return stored === undefined ? undefined : parseIdentity(stored, path)
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
    if (isResumed && stored !== undefined && stored !== wanted) {
      const found = differences(parseIdentity(stored, path), identity)
      if (found.length > 0) {
        throw new CacheNetError('checkpoint-invalid', `The run in ${path} began with another config or other data. ${found.join(' ')} Nothing was changed.`, { path, differences: found })
      }
      // Of an older run: what it did not say is held to from now on.
      await writeAtomically(file, wanted)
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

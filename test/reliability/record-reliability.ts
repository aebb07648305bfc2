import { execFileSync } from 'node:child_process'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../../bench/results/reliability.json', import.meta.url))

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()

type Figures = Readonly<Record<string, number>>

interface Part {
  readonly seed: number
  /** Git's hashes of the folders that are tested: parts of other code do not count. */
  readonly code: string
  readonly figures: Figures
}

interface Suite {
  readonly parts?: readonly Part[]
}

async function read(): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}

async function write(
  before: Record<string, unknown>,
  suite: string,
  figures: Figures,
  more: object,
): Promise<void> {
  const suites = { ...(before['suites'] as Record<string, unknown> | undefined) }
  suites[suite] = {
    command: 'npm run test:long',
    measuredAt: new Date().toISOString(),
    commit: git('rev-parse', '--short=12', 'HEAD'),
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    ...more,
  }
  await writeFile(`${path}.tmp`, `${JSON.stringify({ ...before, ...figures, suites }, null, 2)}\n`)
  await rename(`${path}.tmp`, path)
}

/**
 * Puts figures of a suite that has just run into `bench/results/reliability.json`, beside those of other
 * suites. `details` stay with the suite.
 */
export async function recordReliability(
  suite: string,
  figures: Figures,
  details: object = {},
): Promise<void> {
  await write(await read(), suite, figures, details)
}

/**
 * The same for one part of a suite that is too long for one sitting. The figures are the sums over all parts
 * that have run on the same code, which is what lies in `folders`; a seed counts once.
 */
export async function recordPart(
  suite: string,
  folders: readonly string[],
  seed: number,
  figures: Figures,
): Promise<void> {
  const before = await read()
  const code = folders.map((folder) => git('rev-parse', '--short=12', `HEAD:${folder}`)).join(' ')
  const known = (before['suites'] as Record<string, Suite | undefined> | undefined)?.[suite]?.parts ?? []
  const parts = [...known.filter((part) => part.code === code && part.seed !== seed), { seed, code, figures }]
  const sums: Record<string, number> = {}
  for (const part of parts)
    for (const [key, value] of Object.entries(part.figures)) sums[key] = (sums[key] ?? 0) + value
  await write(before, suite, sums, { parts })
}

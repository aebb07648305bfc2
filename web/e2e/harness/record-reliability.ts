import { execFileSync } from 'node:child_process'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../../../bench/results/reliability.json', import.meta.url))

async function read(): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** Puts figures of a suite that has just run into `bench/results/reliability.json`, beside those of other suites. */
export async function recordReliability(suite: string, figures: Readonly<Record<string, number>>): Promise<void> {
  const before = await read()
  const suites = { ...(before['suites'] as Record<string, unknown> | undefined) }
  suites[suite] = {
    command: 'npm run test:long',
    measuredAt: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim(),
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
  }
  await writeFile(`${path}.tmp`, `${JSON.stringify({ ...before, ...figures, suites }, null, 2)}\n`)
  await rename(`${path}.tmp`, path)
}

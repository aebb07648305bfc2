import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { createRequire } from 'node:module'

/** What a number is worth nothing without. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
}

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()}`,
  node: process.version,
})

/** Version of an installed package; undefined where it is not installed. */
export function packageVersion(name: string): string | undefined {
  const require = createRequire(import.meta.url)
  const places = require.resolve.paths(name) ?? []
  for (const place of places) {
    try {
      return (require(`${place}/${name}/package.json`) as { version: string }).version
    } catch {
      continue
    }
  }
  return undefined
}

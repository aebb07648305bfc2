import { readFile, readdir } from 'node:fs/promises'

const statusOf = (pid: number | string): Promise<string> =>
  readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
const field = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)

/** Resident bytes of a process and all that it has started. Linux only; 0 elsewhere. */
export async function residentBytes(root: number): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const all = new Map(
    (await Promise.all(pids.map(async (pid) => [Number(pid), await statusOf(pid)] as const))).filter(
      ([, status]) => status !== '',
    ),
  )
  const isOurs = (pid: number): boolean =>
    pid === root || (pid > 1 && isOurs(field(all.get(pid) ?? '', 'PPid')))
  let kilobytes = 0
  for (const [pid, status] of all) if (isOurs(pid)) kilobytes += field(status, 'VmRSS')
  return kilobytes * 1024
}

export interface Sample {
  readonly minutes: number
  readonly value: number
}

/**
 * The median of the slopes between all pairs (Theil & Sen), a minute: a few samples that are far off, as
 * before a collection of garbage, do not move it.
 */
export function medianSlope(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((a, index) =>
    samples.slice(index + 1).map((b) => (b.value - a.value) / (b.minutes - a.minutes)),
  )
  slopes.sort((a, b) => a - b)
  return slopes[Math.floor(slopes.length / 2)] ?? 0
}

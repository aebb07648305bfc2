import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Of a clock tick; Linux has had this many for all programs for decades. */
const msPerTick = 10

interface ProcessTime {
  readonly parent: number
  /** Of it and of its children that have ended. */
  readonly ticks: number
}

/**
 * Reads `/proc/<pid>/stat`; undefined for a process that has just ended. Fields as in proc(5); a name may
 * hold blanks and brackets.
 */
function processTime(pid: number): ProcessTime | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return {
      parent: Number(fields[1]),
      ticks: [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0),
    }
  } catch {
    return undefined
  }
}

/** Ticks of this process and of all that descend from it. */
function ownTicks(): number {
  const times = new Map<number, ProcessTime>()
  for (const name of readdirSync('/proc')) {
    const time = /^\d+$/.test(name) ? processTime(Number(name)) : undefined
    if (time !== undefined) times.set(Number(name), time)
  }
  const isOwn = (pid: number): boolean =>
    pid === process.pid || (pid > 1 && isOwn(times.get(pid)?.parent ?? 0))
  return [...times].filter(([pid]) => isOwn(pid)).reduce((sum, [, { ticks }]) => sum + ticks, 0)
}

/** Ticks in which any processor did anything: all of the first line but idle and waiting for disks. */
function busyTicks(): number {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/ +/) ?? []
  return fields
    .slice(0, 8)
    .reduce((sum, ticks, index) => (index === 3 || index === 4 ? sum : sum + Number(ticks)), 0)
}

/**
 * A measurement's conscience: how many cores others kept busy since it began; undefined where the system does
 * not say.
 */
export type OtherWork = () => number | undefined

/** Starts to watch. What an ended process of ours took counts once whoever started it has waited for it. */
export function watchOtherWork(): OtherWork {
  if (!existsSync('/proc/stat')) return () => undefined
  const [startedAt, busy, own] = [performance.now(), busyTicks(), ownTicks()]
  return () =>
    Math.max(0, ((busyTicks() - busy - (ownTicks() - own)) * msPerTick) / (performance.now() - startedAt))
}

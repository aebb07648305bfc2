/**
 * CPU time of this process in milliseconds. What runs in one thread is timed by it: on an idle machine it is
 * the time on the wall, and on a shared one what others take of the core is left out.
 */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Before anything is measured: V8 compiles what runs often once more, better, and meanwhile runs the first
 * version.
 */
const warmUps = 4

/**
 * CPU milliseconds of each task, a value a round: in turn, every other round the other way about, so that
 * drift falls on all alike.
 */
export function inRounds<Name extends string>(
  rounds: number,
  tasks: Readonly<Record<Name, () => void>>,
): Record<Name, number[]> {
  const names = Object.keys(tasks) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (const name of names) for (let time = 0; time < warmUps; time++) tasks[name]()
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const start = cpuMs()
      tasks[name]()
      times[name].push(cpuMs() - start)
    }
  }
  return times
}

/** One call on another backend, in CPU milliseconds. */
export function timed(run: () => void): number {
  const start = cpuMs()
  run()
  return cpuMs() - start
}

/** Times of one task, a round each, in milliseconds. */
export type Times = readonly number[]

export interface Summary {
  readonly n: number
  readonly median: number
  readonly min: number
  readonly max: number
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { n: sorted.length, median, min: sorted[0]!, max: sorted.at(-1)! }
}

/**
 * Runs each task once to warm up and then once a round, in turn and every other round the other way about, so that whatever else the
 * machine does falls on all of them alike. Ratios are taken round by round.
 */
export function inRounds<Name extends string>(rounds: number, tasks: Readonly<Record<Name, () => void>>): Record<Name, number[]> {
  const names = Object.keys(tasks) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (const name of names) tasks[name]()
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const start = performance.now()
      tasks[name]()
      times[name].push(performance.now() - start)
    }
  }
  return times
}

/** Ratio of two tasks, round by round. */
export const ratios = (above: Times, below: Times): number[] => above.map((value, round) => value / below[round]!)

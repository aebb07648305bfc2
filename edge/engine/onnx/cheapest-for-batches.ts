/** A session, and the threads that it keeps busy while it runs. */
export interface Contender<Session> {
  readonly session: Session
  readonly threads: number
}

/** Batches that are tried; smaller ones are for whoever takes frames that come alone. */
const triedBatches = [4, 8, 16] as const
const trials = 3

/**
 * Of some ways to run a batch the one that costs least at the largest size tried, and the smallest batch from which on it costs less than
 * what runs single frames; undefined where it never does. Cost is time of threads, not of a clock: while many frames wait, every thread
 * has something to do.
 */
export async function cheapestForBatches<Session>(
  alone: Contender<Session>,
  contenders: readonly Contender<Session>[],
  run: (session: Session, count: number) => Promise<unknown>,
  nowMs: () => number = () => performance.now(),
): Promise<{ readonly session: Session; readonly leastBatch: number } | undefined> {
  /** For each size that of the fastest of a few batches, after one to warm up. */
  const costsOf = async ({ session, threads }: Contender<Session>): Promise<number[]> => {
    const costs: number[] = []
    for (const count of triedBatches) {
      let fastest = Infinity
      for (let trial = 0; trial <= trials; trial++) {
        const startedAt = nowMs()
        await run(session, count)
        if (trial > 0) fastest = Math.min(fastest, nowMs() - startedAt)
      }
      costs.push(fastest * threads)
    }
    return costs
  }

  if (contenders.length === 0) return undefined
  const costsAlone = await costsOf(alone)
  const tried: { session: Session; costs: number[] }[] = []
  for (const contender of contenders) tried.push({ session: contender.session, costs: await costsOf(contender) })
  const best = tried.reduce((least, other) => ((other.costs.at(-1) ?? Infinity) < (least.costs.at(-1) ?? Infinity) ? other : least))
  const isCheaper = best.costs.map((cost, index) => cost < (costsAlone[index] ?? 0))
  const first = isCheaper.lastIndexOf(false) + 1
  const leastBatch = triedBatches[first]
  return leastBatch === undefined ? undefined : { session: best.session, leastBatch }
}

/** Batches that are tried. */
const triedBatches = [2, 4, 8, 16] as const
const trials = 3

/** Runs a batch of so many frames. */
export type RunBatch = (count: number) => Promise<unknown>

/**
 * The smallest batch from which on a form of a network for batches is faster than the plain one; undefined
 * where it never is. Of each size the fastest of a few runs counts, after one to warm up.
 */
export async function leastBatch(
  plain: RunBatch,
  forBatches: RunBatch,
  nowMs: () => number = () => performance.now(),
): Promise<number | undefined> {
  const fastestMs = async (run: RunBatch, count: number): Promise<number> => {
    let fastest = Infinity
    for (let trial = 0; trial <= trials; trial++) {
      const startedAt = nowMs()
      await run(count)
      if (trial > 0) fastest = Math.min(fastest, nowMs() - startedAt)
    }
    return fastest
  }
  const isFaster: boolean[] = []
  for (const count of triedBatches)
    isFaster.push((await fastestMs(forBatches, count)) < (await fastestMs(plain, count)))
  return triedBatches[isFaster.lastIndexOf(false) + 1]
}

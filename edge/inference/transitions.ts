/**
 * Which partitions follow which in the streams of an edge's clients. Forgets slowly, so that it follows what
 * changes.
 */
export interface Transitions {
  /** A client's stream went from one partition to another. */
  learn(from: string, to: string): void
  /**
   * The partition that most often follows, those in `held` left out; undefined where too little was seen to
   * tell.
   */
  likelyAfter(from: string, held: ReadonlySet<string>): string | undefined
}

/** Below this, a transition is an accident. */
const leastSeen = 3
/**
 * A partition's counts are halved once they add up to this: memory stays bounded, and the new outweighs the
 * old.
 */
const mostSeen = 1024

/**
 * In memory and per bundle version, of bounded size: at most one count for each pair of partitions.
 *
 * @param leastShare of all that followed, from which on a partition is likely
 */
export function createTransitions(leastShare = 0.2): Transitions {
  const followers = new Map<string, Map<string, number>>()

  const totalOf = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((sum, count) => sum + count, 0)

  return {
    learn(from, to) {
      if (from === to) return
      const counts = followers.get(from) ?? new Map<string, number>()
      followers.set(from, counts)
      counts.set(to, (counts.get(to) ?? 0) + 1)
      if (totalOf(counts) >= mostSeen) for (const [id, count] of counts) counts.set(id, count / 2)
    },
    likelyAfter(from, held) {
      const counts = followers.get(from) ?? new Map<string, number>()
      const least = Math.max(leastSeen, totalOf(counts) * leastShare)
      const candidates = [...counts].filter(([id, count]) => count >= least && !held.has(id))
      return candidates.sort(([, a], [, b]) => b - a)[0]?.[0]
    },
  }
}

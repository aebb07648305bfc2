import type { FrameRecord } from './frame-record.ts'

/** How many frames have a say. */
export const smoothedFrames = 5

export interface SteadyLabel {
  readonly label: string
  readonly certainty: number
  /** How many of the last frames say so, of how many. */
  readonly agreeing: number
  readonly frames: number
}

type Vote = Pick<FrameRecord, 'label' | 'certainty'>

/**
 * The label that the last frames agree on most, each counted by its certainty; where two have as much, the
 * newer one. One odd frame in a scene changes nothing; a new scene takes over once it has the majority. What
 * the gate looked at is not touched.
 *
 * @param votes oldest first, one at least
 */
export function steadyLabel(votes: readonly Vote[]): SteadyLabel | undefined {
  const recent = votes.slice(-smoothedFrames)
  const weights = new Map<string, number>()
  for (const { label, certainty } of recent) {
    const weight = (weights.get(label) ?? 0) + certainty
    // Put in again, so that of two that weigh the same the newer comes later.
    weights.delete(label)
    weights.set(label, weight)
  }
  let best: [string, number] | undefined
  for (const entry of weights) if (best === undefined || entry[1] >= best[1]) best = entry
  if (best === undefined) return undefined
  const [label, weight] = best
  const agreeing = recent.filter((vote) => vote.label === label).length
  return { label, certainty: weight / agreeing, agreeing, frames: recent.length }
}

import { predictiveEntropy } from './entropy.ts'

/**
 * Whether a stream shows what the bundle does not know. A network that is asked of such a thing spreads its
 * answer, frame after frame; a scene prior would make certainty of it. So the answer before the prior is
 * what is looked at. One frame that is spread among others that are not is a hard frame of a scene that is
 * known. Pure; plain data.
 */

/** An answer is spread where its entropy is more than this share of ln C, its largest. */
const spreadShare = 0.4
/** How many frames it takes to lose trust in a scene that was known. */
const rememberedFrames = 4

export interface Novelty {
  /**
   * Entropy of the last answers before any prior, as a share of ln C; newer ones weigh more. Undefined
   * before the first.
   */
  readonly spread: number | undefined
  readonly isNovel: boolean
}

export const nothingSeen: Novelty = { spread: undefined, isNovel: false }

/** Entropy as a share of ln C: 0 certain, 1 where all classes are alike. */
export const spreadOf = (raw: ArrayLike<number>): number =>
  Math.min(1, predictiveEntropy(raw) / Math.log(Math.max(2, raw.length)))

/**
 * Takes note of a frame, in stream order.
 *
 * @param raw the surest network's answer before any prior; sums to 1
 */
export function noteAnswer({ spread: before }: Novelty, raw: ArrayLike<number>): Novelty {
  const now = spreadOf(raw)
  const spread = before === undefined ? now : before + (now - before) / rememberedFrames
  return { spread, isNovel: spread > spreadShare && now > spreadShare }
}

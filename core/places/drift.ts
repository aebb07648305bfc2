import type { Judgement } from './learn-result.ts'

/** Answers of devices that the full model checked, the latest last: true where both say the same. */
export type CheckedAnswers = readonly boolean[]

/** So many of the latest are held; what was checked before them is of another time. */
export const mostChecked = 60
/** What chance alone would show so seldom is drift. */
const leastChance = 0.001
/** A promise of fewer wrong answers than this is not held against a place: audits are few. */
const leastPromise = 0.02

export const withChecked = (answers: CheckedAnswers, isAlike: boolean): CheckedAnswers =>
  [...answers, isAlike].slice(-mostChecked)

/** P(X ≥ successes) of a binomial distribution. */
function upperTail(trials: number, successes: number, chance: number): number {
  let term = (1 - chance) ** trials
  let below = 0
  for (let count = 0; count < successes; count++) {
    below += term
    term *= ((trials - count) / (count + 1)) * (chance / (1 - chance))
  }
  return Math.max(0, 1 - below)
}

/** Share of the answers that a device gives itself which are unlike the full model's, as was judged. */
export const unlikeOfAnswers = ({ misses, wrongHits }: Judgement): number =>
  misses < 1 ? Math.min(1, wrongHits / (1 - misses)) : 0

/**
 * Whether the answers at a place part ways with the full model: whether more are unlike than chance shows
 * where as many are wrong as was promised (one-sided binomial test at 0.001).
 *
 * @param promised how what is in use was judged
 */
export function hasDrifted(answers: CheckedAnswers, promised: Judgement): boolean {
  const unlike = answers.filter((isAlike) => !isAlike).length
  if (unlike === 0) return false
  const chance = Math.min(0.5, Math.max(leastPromise, unlikeOfAnswers(promised)))
  return upperTail(answers.length, unlike, chance) < leastChance
}

import { hasDrifted, withChecked } from '../../core/places/drift.ts'
import type { Judgement } from '../../core/places/learn-result.ts'
import type { Checks } from './places-memory.ts'

/** What drifts for the last time is taken out of the bundle. */
const mostDrifts = 3
const unchecked: Checks = { answers: [], drifts: 0 }

export interface JudgedChecks {
  readonly checks: Checks
  readonly verdict: 'as-promised' | 'less-certain' | 'given-up'
}

/**
 * Holds a checked answer against what was promised when the place was learned. Where both part ways, what was
 * learned is to be certain less often from now on, and in the end not asked at all.
 */
export function judgeChecks(
  { answers, drifts }: Checks = unchecked,
  isAlike: boolean,
  promised: Judgement,
): JudgedChecks {
  const checked = withChecked(answers, isAlike)
  if (!hasDrifted(checked, promised)) return { checks: { answers: checked, drifts }, verdict: 'as-promised' }
  const verdict = drifts + 1 < mostDrifts ? 'less-certain' : 'given-up'
  return { checks: { answers: [], drifts: drifts + 1 }, verdict }
}

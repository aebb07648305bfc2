import { mostProbable } from '../../../core/gate/most-probable.ts'
import type { Sureness } from '../../../core/gate/sureness.ts'
import type { FrameRecord } from '../stream-log/frame-record.ts'

/** So many classes of an answer that is not certain are named, and none that is less likely than that. */
const [namedClasses, leastNamed] = [3, 0.01]

/** The classes that come next, most probable first; none where the answer is certain. */
export function runnersUp(
  probabilities: ArrayLike<number>,
  sureness: Sureness,
  classNames: readonly string[],
): FrameRecord['runnersUp'] {
  if (sureness === 'certain') return []
  return mostProbable(probabilities, namedClasses)
    .slice(1)
    .filter((index) => (probabilities[index] ?? 0) >= leastNamed)
    .map((index) => classNames[index] ?? '')
}

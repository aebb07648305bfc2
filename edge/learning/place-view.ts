import type { Partition } from '../../core/bundle/manifest.ts'
import type { LearnResult } from '../../core/places/learn-result.ts'
import type { LearnedPlaceView } from '../../core/wire/places.ts'

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** What came of an attempt, for a person. */
export function toldOf(result: Exclude<LearnResult, { kind: 'failed' }>): string {
  const { before, after } = result
  const numbers = `misses ${percent(before.misses)} before and ${percent(after.misses)} after, answers unlike the full model’s ${percent(before.wrongHits)} and ${percent(after.wrongHits)}`
  return result.kind === 'gains'
    ? `Learned: ${numbers}.`
    : `It does not gain yet, so nothing was published: ${numbers}.`
}

interface PlaceFacts extends Omit<LearnedPlaceView, 'message' | 'drifts' | 'learned'> {
  readonly message: string | undefined
  readonly drifts: number
  /** The partition that was learned of it. */
  readonly partition: Partition | undefined
}

/** A place as it goes over the wire. */
export function viewOfPlace({ message, drifts, partition, ...facts }: PlaceFacts): LearnedPlaceView {
  return {
    ...facts,
    ...(message === undefined ? {} : { message }),
    ...(drifts === 0 ? {} : { drifts }),
    ...(partition?.learned === undefined
      ? {}
      : {
          learned: {
            partition: partition.id,
            at: partition.learned.at,
            bytes: partition.whole.bytes,
            before: partition.learned.before,
            after: partition.learned.after,
          },
        }),
  }
}

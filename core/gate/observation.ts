import type { Recency } from './answer-recency.ts'

/**
 * What happened to a frame, and how recent its answer is; left out where it is not known. An audit tells
 * whether the edge agreed with a hit; a hit that was wrong is a change that nobody saw.
 */
export type GateEvent =
  | { readonly kind: 'hit'; readonly recency?: Recency | undefined }
  | { readonly kind: 'miss'; readonly isChange: boolean; readonly recency?: Recency | undefined }
  | { readonly kind: 'audit'; readonly isRight: boolean }

const recencies: readonly Recency[] = ['repeated', 'recent', 'new']

/**
 * Observations that a row's `observed[].events` counts: hit, miss, miss with a change of partition, each with
 * an answer repeated, recent, new.
 */
export const observationCount = 3 * recencies.length

/**
 * Places in `events` that the frame may be counted at: one, or three where it is not known how recent its
 * answer is.
 */
export function observationsOf(event: Exclude<GateEvent, { kind: 'audit' }>): readonly number[] {
  const base = recencies.length * (event.kind === 'hit' ? 0 : event.isChange ? 2 : 1)
  return (event.recency === undefined ? recencies : [event.recency]).map(
    (recency) => base + recencies.indexOf(recency),
  )
}

import type { LearnedPlaceView } from '../../../../core/wire/places.ts'

/** What a place is at, in a sentence. */
export function placeText({ stage, framesMissing, message }: LearnedPlaceView): string {
  switch (stage) {
    case 'gathering':
      return framesMissing === 0 ? 'It has enough frames.' : `It needs ${framesMissing} more frames.`
    case 'waiting':
      return 'It waits to be learned.'
    case 'learning':
      return 'It is being learned now.'
    case 'learned':
      return 'It is learned.'
    case 'no-gain':
      return 'What was learned does not gain yet.'
    case 'failed':
      return message ?? 'It could not be learned.'
    default:
      return stage satisfies never
  }
}

/** That what was learned no longer fits, in a sentence; nothing where it does. */
export function driftText({ drifts = 0, learned, stage, framesMissing }: LearnedPlaceView): string {
  if (drifts === 0) return ''
  if (learned === undefined) return 'The place has changed: what was learned of it was taken out.'
  // Once it was learned, its sentence is that, and not how many frames are missing.
  const anew = stage === 'learned' && framesMissing > 0 ? `, after ${framesMissing} more frames` : ''
  return `The place has changed: it answers less by itself until it is learned anew${anew}.`
}

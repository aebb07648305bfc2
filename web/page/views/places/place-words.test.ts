import { expect, it } from 'vitest'
import type { LearnedPlaceView } from '../../../../core/wire/places.ts'
import { driftText, placeText } from './place-words.ts'

const learned: LearnedPlaceView = {
  id: 'place-1',
  name: 'Hall',
  frames: 400,
  bytes: 1_200_000,
  stage: 'learned',
  framesMissing: 120,
  learned: {
    partition: 'learned-place-1',
    at: '2026-11-30T08:00:00.000Z',
    bytes: 9000,
    before: { misses: 0.6, wrongHits: 0 },
    after: { misses: 0.4, wrongHits: 0.01 },
  },
}

it('says of a place that changed what comes of it, and nothing of one that did not', () => {
  expect(driftText(learned)).toBe('')
  expect(driftText({ ...learned, drifts: 1 })).toContain('learned anew, after 120 more frames.')
  expect(driftText({ ...learned, drifts: 1, stage: 'learning' })).toContain('until it is learned anew.')
  const { learned: _gone, ...without } = learned
  const takenOut: LearnedPlaceView = { ...without, drifts: 3, stage: 'gathering' }
  expect(driftText(takenOut)).toContain('was taken out')
  expect(placeText(takenOut)).toBe('It needs 120 more frames.')
})

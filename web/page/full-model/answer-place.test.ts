import { describe, expect, it } from 'vitest'
import { noAnswerTimes, noteAnswerTime, placeOfAnswer, type AnswerTimes } from './answer-place.ts'

const here = { isHere: true, isEdgeAway: false, nowMs: 1_000 }
const after = (answers: readonly (readonly ['edge' | 'device', number])[]): AnswerTimes =>
  answers.reduce((times, [place, tookMs]) => noteAnswerTime(times, place, tookMs, 1_000), noAnswerTimes)

describe('where a miss is answered', () => {
  it('is the edge while the full model is not here, however slow it is', () => {
    expect(placeOfAnswer(after([['edge', 900]]), { ...here, isHere: false, isEdgeAway: true })).toBe('edge')
  })

  it('is this device where the edge is away', () => {
    expect(placeOfAnswer(noAnswerTimes, { ...here, isEdgeAway: true })).toBe('device')
    expect(
      placeOfAnswer(
        after([
          ['device', 900],
          ['edge', 20],
        ]),
        { ...here, isEdgeAway: true },
      ),
    ).toBe('device')
  })

  it('is the edge until somebody has measured it', () => {
    expect(placeOfAnswer(noAnswerTimes, here)).toBe('edge')
  })

  it('is whoever answers sooner', () => {
    expect(
      placeOfAnswer(
        after([
          ['edge', 90],
          ['device', 30],
        ]),
        here,
      ),
    ).toBe('device')
    expect(
      placeOfAnswer(
        after([
          ['edge', 20],
          ['device', 30],
        ]),
        here,
      ),
    ).toBe('edge')
    expect(placeOfAnswer(after([['edge', 90]]), here)).toBe('device')
  })

  it('is the edge once a minute, whose network may have become fast', () => {
    const times = after([
      ['edge', 90],
      ['device', 30],
    ])
    expect(placeOfAnswer(times, { ...here, nowMs: 61_000 })).toBe('device')
    expect(placeOfAnswer(times, { ...here, nowMs: 61_001 })).toBe('edge')
  })

  it('is this device again after a while, whose first answer came while it was busy', () => {
    const times = after([
      ['edge', 90],
      ['device', 400],
    ])
    expect(placeOfAnswer(times, { ...here, nowMs: 6_000 })).toBe('edge')
    expect(placeOfAnswer(times, { ...here, nowMs: 6_001 })).toBe('device')
    // One fast answer counts for what the slow one was not.
    const again = noteAnswerTime(times, 'device', 30, 6_001)
    expect(placeOfAnswer(again, { ...here, nowMs: 6_002 })).toBe('device')
  })

  it('follows a network that becomes fast', () => {
    const times = after([
      ['device', 30],
      ['edge', 90],
      ...Array.from({ length: 12 }, () => ['edge', 10] as const),
    ])
    expect(placeOfAnswer(times, here)).toBe('edge')
  })
})

import { describe, expect, it } from 'vitest'
import type { PlaceReport } from '../../../../core/wire/place-report.ts'
import { checkTexts, gainRows, unknownTexts } from './report-words.ts'

const learned = {
  partition: 'learned-place-1',
  at: '2026-11-30T08:00:00.000Z',
  bytes: 9000,
  before: { misses: 0.8, wrongHits: 0 },
  after: { misses: 0.3, wrongHits: 0.014 },
}
const report: PlaceReport = {
  place: {
    id: 'place-1',
    name: 'Hall',
    frames: 400,
    bytes: 1_200_000,
    stage: 'learned',
    framesMissing: 400,
    learned,
  },
  at: '2026-12-01T08:00:00.000Z',
  learnedFrom: { frames: 400, visits: 2, sha256: 'ab' },
  checks: { answers: 0, unlike: 0 },
  classes: [{ name: 'bee', share: 0.9 }],
  bundle: { id: 'b', createdAt: '2026-11-30T08:00:00.000Z', manifestSha256: 'cd' },
}
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
const withDrifts = (drifts: number): PlaceReport['place'] => ({ ...report.place, drifts })

describe('the report of a place', () => {
  it('says what was gained, with the interval that few frames have', () => {
    expect(gainRows(report).map(({ before, after }) => [plain(before), plain(after)])).toEqual([
      ['80 % (70–87)', '30 % (21–41)'],
      ['20 % (13–30)', '69 % (58–78)'],
      ['0 % (0–5)', '1 % (0–7)'],
    ])
  })

  it('holds what was checked against what was promised', () => {
    const [promised, seen] = checkTexts(report)
    expect(plain(promised ?? '')).toContain('Promised: 2.0 % of the phone’s own answers')
    expect(seen).toContain('no answer was checked since it was learned')
    const [, more, comes] = checkTexts({
      ...report,
      place: withDrifts(2),
      checks: { answers: 12, unlike: 3 },
    })
    expect(plain(more ?? '')).toBe(
      'Seen since it was last made less certain: 3 of 12 checked answers were unlike: 25 % (9–53).',
    )
    expect(comes).toContain('It parted ways with the full model 2 times')
  })

  it('says what is not known, and claims nothing of what was not learned', () => {
    expect(unknownTexts(report).join()).not.toContain('visits')
    const { learned: _none, ...gathering } = report.place
    const { learnedFrom: _never, ...rest } = report
    const empty: PlaceReport = { ...rest, place: { ...gathering, frames: 0 }, classes: [] }
    expect([gainRows(empty), checkTexts(empty)]).toEqual([[], []])
    expect(unknownTexts(empty).join()).toContain('no frame of it is kept')
    const { visits: _gone, ...from } = { frames: 400, visits: 2, sha256: 'ab' }
    expect(unknownTexts({ ...report, learnedFrom: from }).join()).toContain('it came in a file')
  })
})

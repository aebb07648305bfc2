import { describe, expect, it } from 'vitest'
import { sampleEvaluation } from '../report/testing/sample-report.ts'
import { notWorthUsing } from './worth-using.ts'

const sample = { ...sampleEvaluation(), images: 400, inRegion: [] }

describe('notWorthUsing', () => {
  it('says nothing of what is worth using', () => {
    expect(notWorthUsing(sample, 4)).toEqual([])
  })

  it('says what is no better than guessing, with its interval', () => {
    const [full, generalist, ...others] = notWorthUsing(
      { ...sample, images: 400, fullAccuracy: 0.158, generalistAccuracy: 0.033 },
      40,
    )
    expect(full).toMatch(/^The full model is not worth using yet: right on 16 % \(13–20\)/)
    expect(generalist).toMatch(
      /^The generalist is not worth using: right on 3 % \(2–6\).* guessing is right on 2\.5 %/,
    )
    expect(others).toEqual([])
  })

  it('takes half of two classes for guessing, and half of forty not', () => {
    expect(notWorthUsing({ ...sample, fullAccuracy: 0.53 }, 2)[0]).toContain('guessing is right on 50 %')
    expect(notWorthUsing({ ...sample, fullAccuracy: 0.53, generalistAccuracy: 0.53 }, 40)).toEqual([])
    // Of six images four may be right by chance.
    expect(notWorthUsing({ ...sample, images: 6, fullAccuracy: 4 / 6, generalistAccuracy: 1 }, 2)).toEqual([
      expect.stringContaining('too few to say whether the full model is worth using: right on 67 % (30–90)'),
    ])
  })

  it('names partitions that the generalist equals, and streams where the device is mostly wrong', () => {
    const { inRegion, streams } = sampleEvaluation()
    const said = notWorthUsing(
      { ...sample, inRegion, streams: { ...streams, iid: { ...streams.iid!, accuracyOnHits: 0.1 } } },
      4,
    )
    expect(said).toEqual([
      expect.stringMatching(/generalist does as well .*p2 \(right on 84 % \(\d+–\d+\) there/),
      expect.stringContaining('wrong more often than right on iid (right on 10 %'),
    ])
    expect(said[0]).not.toContain('p1')
  })
})

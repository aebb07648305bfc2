import { describe, expect, it } from 'vitest'
import { sampleEvaluation, sampleReport } from '../report/testing/sample-report.ts'
import { formatSummary } from './summary.ts'

describe('formatSummary', () => {
  it('has an interval at every figure of few test images, and says what is not worth using', async () => {
    const { manifest } = await sampleReport()
    const printed = formatSummary(
      { ...manifest, metrics: { validation: { images: 20 } } },
      { ...sampleEvaluation(), images: 24, fullAccuracy: 0.25, generalistAccuracy: 0.2 },
    )
    // Of the gate's table the rates are settings; everything else was counted.
    const counted = printed.split('\n').filter((line) => !/^ *\d.*generalist|^\d/.test(line))
    for (const line of counted)
      for (const [figure] of line.matchAll(/\d+(?:\.\d+)? %(?! \(\d+–\d+\))(?! of)/g))
        expect(`${figure} in ${line}`).toMatch(/guessing/)
    expect(printed).toContain('25 % (12–45) right')
    expect(printed).toContain('! The full model is not worth using')
    expect(printed).toContain('! The generalist is not worth using')
    expect(printed).toContain('! Not worth downloading')
    expect(printed).toContain('19 times of 20')
  })

  it('has decimals and all strategies where there are many', async () => {
    const { manifest } = await sampleReport()
    const printed = formatSummary(manifest, { ...sampleEvaluation(), images: 10_000, inRegion: [] })
    expect(printed).toContain('90.0 % right')
    expect(printed).toContain('Cascade + scene')
    expect(printed).not.toMatch(/\(\d+–\d+\)|^!|19 times/m)
  })
})

import { describe, expect, it } from 'vitest'
import { sampleReport } from './testing/sample-report.ts'
import { verdictOf } from './verdict.ts'

describe('verdictOf', () => {
  it('says on which stream the plain Cascade is better, and where CacheNet is ahead', async () => {
    const { lost, won } = verdictOf(await sampleReport())
    expect(lost).toContain('On i.i.d., Cascade is better than CacheNet: coverage 55.0 % against 40.0 %, accuracy of the whole 89.8 % against 89.9 %.')
    expect(lost).toContain('On i.i.d., Cascade + prior is as good as CacheNet: coverage 40.3 % against 40.0 %, accuracy of the whole 89.8 % against 89.9 %.')
    expect(won.join()).toContain('CacheNet is ahead of Cascade on places, L = 100 (coverage 90.0 % against 60.0 %).')
    expect(lost.join()).not.toContain('On places, L = 100')
  })

  it('says which partition does not beat the full model or the generalist', async () => {
    const { lost } = verdictOf(await sampleReport())
    expect(lost).toContain('Inside its region, p2 is less accurate than the full model: 84.0 % against 88.0 %.')
    expect(lost).toContain('Inside its region, p2 is no more accurate than the generalist it started from: 84.0 % against 85.0 %.')
    expect(lost.join()).not.toContain('p1 is')
  })

  it('says where the accuracy line is missed', async () => {
    const data = await sampleReport()
    const poor = { ...data.evaluation.streams.iid!, accuracy: 0.85 }
    const { lost, won } = verdictOf({ ...data, evaluation: { ...data.evaluation, streams: { ...data.evaluation.streams, iid: poor } } })
    expect(lost.join()).toContain('On i.i.d., CacheNet misses the accuracy line (the full model’s accuracy less 0.5 points): 85.0 % against 90.0 %, −5.0 points.')
    expect(won.join()).not.toContain('on every stream')
  })

  it('says that a bundle without partitions is a plain Cascade', async () => {
    const data = await sampleReport()
    const { lost } = verdictOf({ ...data, manifest: { ...data.manifest, partitions: [] } })
    expect(lost[0]).toContain('a plain Cascade')
    expect(lost.join()).not.toContain('CacheNet')
  })
})

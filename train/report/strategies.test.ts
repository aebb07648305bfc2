import { describe, expect, it } from 'vitest'
import { compareMetrics, streamTitle, strategiesOf } from './strategies.ts'
import { sampleEvaluation } from './testing/sample-report.ts'

const metrics = (accuracy: number, coverage: number): Parameters<typeof compareMetrics>[0] => ({
  accuracy,
  fullAccuracy: 0.85,
  edgeSceneAccuracy: 0.9,
  coverage,
  accuracyOnHits: accuracy,
  switchRate: 0,
  downloadRate: 0,
  partitionHitShare: 0,
  strangersCertain: 0,
  strangersOnDevice: 0,
})

describe('compareMetrics', () => {
  it('asks for the accuracy line first, whatever the coverage', () => {
    expect(compareMetrics(metrics(0.88, 0.99), metrics(0.896, 0.4), 0.005)).toBe('behind')
    expect(compareMetrics(metrics(0.896, 0.4), metrics(0.88, 0.99), 0.005)).toBe('ahead')
  })

  it('then for coverage, half a point being nothing', () => {
    expect(compareMetrics(metrics(0.9, 0.7), metrics(0.95, 0.6), 0.005)).toBe('ahead')
    expect(compareMetrics(metrics(0.9, 0.7), metrics(0.9, 0.704), 0.005)).toBe('equal')
    expect(compareMetrics(metrics(0.9, 0.7), metrics(0.9, 0.71), 0.005)).toBe('behind')
  })

  it('leaves it open where neither keeps the line and each leads in one', () => {
    expect(compareMetrics(metrics(0.8, 0.7), metrics(0.7, 0.9), 0.005)).toBe('mixed')
    expect(compareMetrics(metrics(0.8, 0.7), metrics(0.7, 0.7), 0.005)).toBe('ahead')
    expect(compareMetrics(metrics(0.8, 0.7), metrics(0.8, 0.9), 0.005)).toBe('behind')
  })
})

describe('strategiesOf', () => {
  it('has all that were evaluated, and the full model on either side', () => {
    const strategies = strategiesOf(sampleEvaluation(), true)
    expect(strategies.map(({ name }) => name)).toEqual([
      'Device',
      'Edge',
      'Device + scene',
      'Edge + scene',
      'Cascade',
      'Cascade + scene',
      'CacheNet with a fixed gate',
      'CacheNet as deltas',
      'CacheNet',
    ])
    expect(strategies[0]!.streams.iid).toMatchObject({
      coverage: 1,
      accuracy: strategies[0]!.streams.iid!.fullAccuracy,
    })
    expect(strategies[1]!.streams.iid!.coverage).toBe(0)
  })

  it('is the plain Cascade where there are no partitions', () => {
    expect(strategiesOf(sampleEvaluation(), false).map(({ name }) => name)).toEqual([
      'Device',
      'Edge',
      'Device + scene',
      'Edge + scene',
      'Cascade',
      'Cascade + scene',
    ])
  })
})

it('names streams as people do', () => {
  expect(['places100', 'iid', 'other'].map(streamTitle)).toEqual([
    'places, L\u00a0=\u00a0100',
    'i.i.d.',
    'other',
  ])
})

import { describe, expect, it } from 'vitest'
import { accuracyDelta, headlineOf, ratioOfMeans } from './headline.ts'
import type { Run } from './measure-run.ts'
import type { Row } from './results.ts'
import type { Strategy } from './strategy.ts'

const run = (round: number, meanMs: number, more: Partial<Run> = {}): Run => ({
  round,
  meanMs,
  seed: round,
  turn: 0,
  frames: 100,
  p50Ms: meanMs,
  p95Ms: meanMs,
  p99Ms: meanMs,
  hitMs: meanMs,
  missMs: null,
  hitP50Ms: meanMs,
  accuracy: 0.8,
  hitRate: 1,
  uploads: 0,
  uncertain: 0,
  switches: 0,
  bytesUp: 0,
  bytesDown: 0,
  wireBytesUp: 0,
  wireBytesDown: 0,
  seconds: 1,
  measuredAt: '2026-01-01T00:00:00.000Z',
  commit: 'c',
  ...more,
})
const row = (strategy: Strategy, runs: readonly Run[], section: Row['section'] = 'headline'): Row => ({
  key: `${section} ${strategy}`,
  section,
  bundle: 'b',
  stream: 'places100',
  network: 'wifi',
  slowDown: 4,
  cache: 2,
  strategy,
  n: runs.length,
  runs: [...runs],
})

describe('ratioOfMeans', () => {
  it('compares runs of the same round only', () => {
    expect(
      ratioOfMeans(
        row('device', [run(0, 20), run(1, 30), run(2, 999)]),
        row('adaptive', [run(1, 10), run(0, 10)]),
      ),
    ).toEqual({ n: 2, median: 2.5, least: 2, most: 3 })
    expect(ratioOfMeans(undefined, row('adaptive', [run(0, 1)]))).toBeUndefined()
    expect(ratioOfMeans(row('device', [run(3, 1)]), row('adaptive', [run(0, 1)]))).toBeUndefined()
  })
})

describe('accuracyDelta', () => {
  it('is in points, weighs rounds by their frames, and leaves out runs over other frames', () => {
    const ours = row('adaptive', [
      run(0, 1, { accuracy: 0.79 }),
      run(1, 1, { accuracy: 0.9, frames: 300 }),
      run(2, 1, { accuracy: 0 }),
    ])
    const edge = row('edge', [
      run(0, 1, { accuracy: 0.8 }),
      run(1, 1, { accuracy: 0.88, frames: 300 }),
      run(2, 1, { accuracy: 1, frames: 50 }),
    ])
    expect(accuracyDelta(ours, edge)).toBeCloseTo((-1 * 100 + 2 * 300) / 400)
  })
})

describe('headlineOf', () => {
  const complete = (
    ['edge', 'edge-scene', 'device-scene', 'cascade', 'cascade-scene', 'adaptive'] as const
  ).map((strategy, index) =>
    row(strategy, [run(0, 60 - 10 * index, { hitRate: 0.8, partitionHitShare: 0.75 })]),
  )

  it('says nothing while an opponent that knows the scene is missing', () => {
    const untold = complete.filter(({ strategy }) => strategy !== 'cascade-scene')
    expect(headlineOf(untold, 'b', {})).toBeUndefined()
    expect(headlineOf(complete, 'b', {})).toMatchObject({ overCascadeScene: 2, overDevice: null })
    expect(headlineOf([...complete, row('device', [run(0, 60)])], 'other', {})).toBeUndefined()
  })

  it('holds every opponent against the adaptive gate', () => {
    const metrics = { streams: { places100: { accuracy: 0.81, edgeSceneAccuracy: 0.83 } } }
    const headline = headlineOf(
      [
        ...complete,
        row('device', [run(0, 60)]),
        row('device-scene', [run(0, 9)], 'full-speed'),
        row('adaptive', [run(0, 2)], 'full-speed'),
      ],
      'b',
      metrics,
    )
    expect(headline).toMatchObject({
      overDevice: 6,
      overEdge: 6,
      overEdgeScene: 5,
      overDeviceScene: 4,
      overCascade: 3,
      overCascadeScene: 2,
      accuracyDelta: 0,
      overDeviceFullSpeed: 4.5,
    })
    expect(headline?.accuracyDeltaEvaluated).toBeCloseTo(-2)
    const sessions = [...complete, row('device', [run(0, 60)])].map((played) => ({
      ...played,
      stream: 'sessions',
    }))
    expect(
      headlineOf(sessions, 'b', { streams: { recorded64: { accuracy: 0.9, edgeSceneAccuracy: 0.91 } } })
        ?.accuracyDeltaEvaluated,
    ).toBeCloseTo(-1)
    expect(headline?.partitionHitShare).toBeCloseTo(0.75)
  })
})

import { describe, expect, it } from 'vitest'
import { compareMetrics } from './compare-metrics.ts'

describe('compareMetrics', () => {
  it('finds nothing where the numbers are the same', () => {
    const metrics = { fullAccuracy: 0.9, inRegion: [{ partition: 'p1', accuracy: 0.95 }] }
    expect(compareMetrics(metrics, structuredClone(metrics))).toEqual([])
    expect(compareMetrics(metrics, { ...metrics, fullAccuracy: 0.9001, more: 1 })).toEqual([])
  })

  it('names what differs or is missing by its path', () => {
    expect(compareMetrics({ a: { b: [1, 2] }, c: 'x' }, { a: { b: [1, 2.1] } })).toEqual([
      { path: 'a.b.1', expected: 2, found: 2.1 },
      { path: 'c', expected: 'x', found: undefined },
    ])
  })
})

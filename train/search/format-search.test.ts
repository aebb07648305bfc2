import { describe, expect, it } from 'vitest'
import { formatSearch, verdict } from './format-search.ts'
import { bestRow, type SearchRow } from './run-search.ts'

const row = (strategy: SearchRow['strategy'], expectedMs: number, accuracy = 0.9): SearchRow => ({
  strategy,
  widths: [12, 32, 48],
  partitionCount: 4,
  costs: { smallMegaMacs: 5.2, fullMegaMacs: 118 },
  accuracy,
  fullAccuracy: 0.9,
  coverage: 0.8,
  expectedMs,
})

describe('the size search', () => {
  it('takes the fastest that keeps the accuracy line', () => {
    const rows = [row('CacheNet', 5), row('CacheNet', 3, 0.8), row('CacheNet', 4, 0.896)]
    expect(bestRow(rows, 0.005)?.expectedMs).toBe(4)
    expect(bestRow([row('CacheNet', 3, 0.8)], 0.005)).toBeUndefined()
  })

  it('says how to train the winner, and plainly where partitions are not worth having', () => {
    expect(verdict({ rows: [row('Cascade', 8), row('CacheNet', 4)], skipped: [] }, 0.005)).toContain('partitionCount=4')
    expect(verdict({ rows: [row('Cascade', 4), row('CacheNet', 4)], skipped: [] }, 0.005)).toMatch(/^Partitions are not worth having/)
    expect(verdict({ rows: [row('CacheNet', 4, 0.5)], skipped: [] }, 0.005)).toMatch(/^No candidate/)
  })

  it('tables every strategy, with the full model on the device and on the edge', () => {
    const text = formatSearch({ rows: [row('Cascade', 8), row('Cascade + prior', 6), row('CacheNet', 4)], skipped: ['x: why'] }, { gigaflops: 10, edgeGigaflops: 100, overheadMs: 0, roundTripMs: 20 }, 0.005)
    for (const part of ['Device', '23.60', 'Edge', '22.36', 'Cascade + prior', 'CacheNet', 'x: why']) expect(text).toContain(part)
  })
})

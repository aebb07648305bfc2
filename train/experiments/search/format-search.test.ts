import { describe, expect, it } from 'vitest'
import { chooseWinner } from './choose-winner.ts'
import { formatSearch, verdict } from './format-search.ts'
import { bestRow, type SearchRow } from './run-search.ts'

const row = (strategy: SearchRow['strategy'], expectedMs: number, accuracy = 0.9): SearchRow => ({
  strategy,
  widths: [12, 32, 48],
  partitionCount: 4,
  costs: { generalistMegaMacs: 5.2, partitionMegaMacs: 5.2, fullMegaMacs: 118 },
  accuracy,
  edgeSceneAccuracy: 0.9,
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
    expect(verdict({ rows: [row('Cascade', 8), row('CacheNet', 4)], skipped: [] }, 0.005)).toContain(
      'partitionCount=4',
    )
    expect(verdict({ rows: [row('Cascade', 4), row('CacheNet', 4)], skipped: [] }, 0.005)).toMatch(
      /^Partitions are not worth having/,
    )
    expect(verdict({ rows: [row('CacheNet', 4, 0.5)], skipped: [] }, 0.005)).toMatch(/^No candidate/)
    expect(verdict({ rows: [row('CacheNet', 4, 0.5), row('Cascade', 9)], skipped: [] }, 0.005)).toContain(
      'partitionCount=0',
    )
  })

  it('ships the generalist alone where a plain Cascade is as good, and partitions where only the prior is', () => {
    const shipped = (...rows: SearchRow[]): number | undefined =>
      chooseWinner({ rows, skipped: [] }, 0.005).shipped?.partitionCount
    expect(shipped(row('Cascade', 4.05), row('CacheNet', 4))).toBe(0)
    expect(shipped(row('Cascade', 6), row('CacheNet', 4))).toBe(4)
    expect(shipped(row('Cascade', 6), row('Cascade + scene', 4), row('CacheNet', 4))).toBe(0)
    expect(shipped(row('Cascade', 6), row('Cascade + scene', 3), row('CacheNet', 4))).toBe(0)
    expect(shipped(row('CacheNet', 4, 0.5))).toBeUndefined()
  })

  it('tables every strategy, with the full model on the device and on the edge', () => {
    const text = formatSearch(
      { rows: [row('Cascade', 8), row('Cascade + scene', 6), row('CacheNet', 4)], skipped: ['x: why'] },
      { gigaflops: 10, edgeGigaflops: 100, overheadMs: 0, roundTripMs: 20 },
      0.005,
    )
    for (const part of ['Device', '23.60', 'Edge', '22.36', 'Cascade + scene', 'CacheNet', 'x: why'])
      expect(text).toContain(part)
  })
})

import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatMs, formatShare } from './format.ts'

describe('what a person reads', () => {
  it('has units that fit', () => {
    expect([0, 999, 1000, 56_240, 181_240, 999_700, 2_500_000].map(formatBytes)).toEqual(['0 B', '999 B', '1 kB', '56.2 kB', '181 kB', '1 MB', '2.5 MB'])
    expect([0.04, 1.25, 12.4, 999.4, 1500].map(formatMs)).toEqual(['0.0 ms', '1.3 ms', '12 ms', '999 ms', '1.5 s'])
    expect([formatShare(0.873), formatShare(0.9214, 1), formatCount(12_345)]).toEqual(['87\u00a0%', '92.1\u00a0%', '12,345'])
  })
})

import { describe, expect, it } from 'vitest'
import { formatAblation } from './format-ablation.ts'
import { baselineName, type VariantResult } from './run-ablation.ts'

const result = (variant: string, seed: number, coverage: number): VariantResult => ({
  variant,
  seed,
  accuracyInRegion: 0.9,
  coverage,
  accuracyLoss: 0.004,
  smallestShare: 0.2,
  largestShare: 0.3,
  aurocOutside: 0.97,
})

describe('formatAblation', () => {
  it('gives the baseline as it is, and variants as differences seed by seed', () => {
    const table = formatAblation([
      result(baselineName, 1, 0.8),
      result(baselineName, 2, 0.9),
      result('without MMD', 1, 0.7),
      result('without MMD', 2, 0.84),
    ]).split('\n')
    expect(table[2]).toContain('| baseline, n = 2 | 90.0 ± 0.0 | 85.0 ± 7.1 |')
    // −10 points and −6 points.
    expect(table[3]).toContain('| without MMD | +0.0 ± 0.0 | -8.0 ± 2.8 |')
  })

  it('says where a variant left a region empty, and judges it by the other seeds', () => {
    const failed = (seed: number) => ({ variant: 'without information', seed, failure: 'empty' })
    const base = [result(baselineName, 1, 0.8), result(baselineName, 2, 0.9)]
    expect(formatAblation([...base, failed(1), result('without information', 2, 0.8)])).toContain(
      '| without information (a region stayed empty with 1 of 2 seeds) | +0.0 | -10.0 |',
    )
    expect(formatAblation([...base, failed(1), failed(2)])).toContain('with 2 of 2 seeds) |  |  |')
  })
})

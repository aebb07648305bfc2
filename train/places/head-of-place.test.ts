import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { headOfPlace } from './head-of-place.ts'

const { manifest } = await createSampleBundle({ hasHeads: true })
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('headOfPlace', () => {
  it('takes the classes that are seen there, and leaves out what the full model hardly ever says', () => {
    const found = headOfPlace({ partitions: [] }, Float64Array.of(0.5, 0.003, 0.497, 0))
    expect(found?.head.classIndices).toEqual([0, 2])
    expect(found?.replaces).toBeUndefined()
  })

  it('takes the head of the partition that knows nearly all of it', () => {
    const found = headOfPlace(manifest, Float64Array.of(0, 0.6, 0.35, 0.05))
    expect(found?.replaces).toBe(1)
    expect(found?.head.classIndices).toEqual(manifest.partitions[1]?.classIndices)
  })

  it('gives a class that did not come by a chance all the same, where a partition knows it', () => {
    const found = headOfPlace(manifest, Float64Array.of(0, 1, 0, 0))
    expect(Math.min(...(found?.head.prior ?? []))).toBeGreaterThan(0.05)
  })

  it('has priors and shares that sum to 1, whatever is seen', () => {
    const seen = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(seen, fc.boolean(), (values, isKnown) => {
        fc.pre(sum(values) > 0.1)
        const shares = Float64Array.from(values, (value) => value / sum(values))
        const found = headOfPlace(isKnown ? manifest : { partitions: [] }, shares)
        expect(sum(found?.head.prior ?? [])).toBeCloseTo(1, 9)
        expect(sum(found?.shares ?? [])).toBeCloseTo(1, 9)
        expect(sum(found?.sceneShares ?? [])).toBeCloseTo(1, 9)
        expect(found?.head.prior).toHaveLength((found?.head.classIndices.length ?? 0) + 1)
      }),
    )
  })
})

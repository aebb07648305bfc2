import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaults } from './defaults.ts'
import { resolveConfig } from './resolve-config.ts'
import { fewestForPartitions, scaleToData } from './scale-to-data.ts'

describe('scaleToData', () => {
  it('leaves large sets as the preset has them', () => {
    expect(resolveConfig('folder', undefined, [], 50_000)).toEqual(resolveConfig('folder', undefined, []))
    expect(resolveConfig('folder', undefined, [], 1_000_000)).toEqual(resolveConfig('folder', undefined, []))
  })

  it('shows a few images many times in small batches', () => {
    const { full, partitionCount } = scaleToData(176)
    expect(full.optimizer).toEqual({ batchSize: 32, epochs: 80, learningRate: 4 })
    expect(partitionCount).toBe(0)
    expect(scaleToData(1080).full.optimizer.batchSize).toBe(64)
  })

  it('makes enough steps, in no more time than a large set takes, and never without images for a partition', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), (images) => {
        const { full, partitionCount } = scaleToData(images)
        const { batchSize, epochs, learningRate } = full.optimizer
        const steps = Math.max(1, Math.floor(images / batchSize)) * epochs
        expect(steps).toBeGreaterThanOrEqual(100)
        expect(images * epochs).toBeLessThanOrEqual(Math.max(14_500 + images / 2, 8 * images))
        // What one step takes is never more than with the large batch, which is known to be stable.
        expect((learningRate * batchSize) / 1024).toBeLessThanOrEqual(
          (defaults.full.optimizer.learningRate * 512) / 1024,
        )
        expect(partitionCount === 0 ? images < fewestForPartitions : images >= partitionCount * 256).toBe(
          true,
        )
        expect(partitionCount).not.toBe(1)
        expect(() => resolveConfig('folder', undefined, [], images)).not.toThrow()
      }),
    )
  })

  it('gives way to what a person sets, and is for folders alone', () => {
    const config = resolveConfig('folder', { partitionCount: 2 }, ['full.optimizer.epochs=3'], 176)
    expect([config.partitionCount, config.full.optimizer.epochs, config.generalist.optimizer.epochs]).toEqual(
      [2, 3, 80],
    )
    expect(resolveConfig('walkers', undefined, [], 176)).toEqual(resolveConfig('walkers', undefined, []))
  })
})

import { expect, it } from 'vitest'
import { resolveConfig } from './resolve-config.ts'
import { otherSizes, requireBaseSizes, type BaseSizes } from './start-from-base.ts'

const base: BaseSizes = { id: 'small', imageSize: 48, full: [8, 16, 24], generalist: [4, 8, 12] }

it('gives the networks the sizes of the base', () => {
  const config = resolveConfig('folder', undefined, [], 400, base)
  expect([config.imageSize, config.full.widths, config.generalist.widths]).toEqual([
    48,
    [8, 16, 24],
    [4, 8, 12],
  ])
  expect(() => requireBaseSizes(config, base)).not.toThrow()
})

it('trains few images as was measured on such sets, and more as without a base', () => {
  const few = resolveConfig('folder', undefined, ['earlyStop.patience=7'], 360, base)
  expect(few.full.optimizer).toMatchObject({ batchSize: 32, epochs: 14, learningRate: 10 })
  expect(few.earlyStop).toEqual({ checks: 10, patience: 7 })
  const [many, plain] = [base, undefined].map((of) => resolveConfig('folder', undefined, [], 20_000, of))
  expect([many!.full.optimizer, many!.augment]).toEqual([plain!.full.optimizer, plain!.augment])
})

it('refuses sizes that a person has set otherwise, and names the settings that fit', () => {
  const config = resolveConfig('folder', undefined, ['full.widths=[8,8,8]'], 400, base)
  expect(otherSizes(config, base)).toEqual(['full.widths=[8,16,24]'])
  expect(() => requireBaseSizes(config, base)).toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      details: { from: 'small', settings: ['full.widths=[8,16,24]'] },
    }),
  )
})

it('is of the plain family: another begins from scratch', () => {
  const config = resolveConfig('folder', undefined, ['generalist.family=separable'], 400, base)
  expect(config.generalist).toMatchObject({ family: 'separable', widths: base.generalist })
  expect(otherSizes(config, base)).toEqual(['generalist.family=plain'])
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaults } from './defaults.ts'
import { resolveConfig, restoreConfig } from './resolve-config.ts'

describe('resolveConfig', () => {
  it('layers preset, file and assignments over the defaults', () => {
    const config = resolveConfig('walkers', { full: { optimizer: { epochs: 3 } } }, [
      'seed=7',
      'generalist.widths=[4,8,12]',
    ])
    expect(config.full.optimizer.epochs).toBe(3)
    expect(config.full.optimizer.momentum).toBe(defaults.full.optimizer.momentum)
    expect(config.seed).toBe(7)
    expect(config.generalist.widths).toEqual([4, 8, 12])
    expect(config.encoder.epochs).toBe(20)
  })

  it.each([
    ['an unknown key', { epochs: 3 }, []],
    ['a key that every object has', undefined, ['constructor=1']],
    ['a key that is its prototype', undefined, ['__proto__.x=1']],
    ['an unknown key inside', { full: { optimiser: {} } }, []],
    ['a value out of range', undefined, ['partitionCount=1']],
    ['a value of another type', undefined, ['full.widths=wide']],
    ['an assignment without a key', undefined, ['=3']],
  ])('refuses %s', (_, file, assignments) => {
    expect(() => resolveConfig('folder', file, assignments)).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    )
  })
})

describe('restoreConfig', () => {
  it('leaves out what is no setting any more, and takes a wrong value of one that is for wrong', () => {
    const stored = resolveConfig('walkers', undefined, ['seed=5'])
    expect(restoreConfig({ ...stored, encoder: { ...stored.encoder, association: 0.5 }, gone: 1 })).toEqual(
      stored,
    )
    expect(() => restoreConfig({ ...stored, seed: 'x' })).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    )
  })

  it.each(['cifar10', 'cifar100', 'people', 'walkers'])('reads the config of the bundle %s', (id) => {
    const text = readFileSync(`public/bundles/${id}/manifest.json`, 'utf8')
    const { training } = JSON.parse(text) as { training: { config: { partitionCount: number } } }
    expect(restoreConfig(training.config).partitionCount).toBe(training.config.partitionCount)
  })

  it('reads a config that was stored before a key existed', () => {
    const { cutoutPixels: _, ...full } = resolveConfig('cifar10', undefined, ['seed=5']).full
    const restored = restoreConfig({ ...resolveConfig('cifar10', undefined, ['seed=5']), full })
    expect(restored.full).toEqual({ ...full, cutoutPixels: 0 })
    expect(restored.seed).toBe(5)
  })

  it('refuses a key that there is not among what is changed', () => {
    expect(() => restoreConfig(defaults, ['epochs=3'])).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../../core/wire/errors.ts'
import { resolveReplaySettings } from './settings.ts'

describe('resolveReplaySettings', () => {
  const problemsOf = (flags: Record<string, string>): unknown => {
    try {
      return resolveReplaySettings(
        Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
        flags,
      )
    } catch (thrown) {
      if (!(thrown instanceof CacheNetError) || thrown.code !== 'config-invalid') throw thrown
      return thrown.details['problems']
    }
  }

  it('needs nothing but the data', () => {
    expect(resolveReplaySettings(['--data', 'x'], { data: 'x' })).toEqual({
      data: 'x',
      order: 'scenes',
      images: 'held-out',
      kind: 'places',
      length: 100,
      cache: 2,
      seed: 1,
      'limit-minutes': 60,
      bundles: 'public/bundles',
      page: 'dist',
    })
  })

  it('reads every flag', () => {
    const flags = {
      data: 'd',
      bundle: 'cifar10',
      order: 'files',
      kind: 'iid',
      length: '5',
      frames: '7',
      cache: '3',
      seed: '0',
      json: 'out.json',
      'limit-minutes': '2',
    }
    expect(problemsOf(flags)).toMatchObject({
      ...flags,
      length: 5,
      frames: 7,
      cache: 3,
      seed: 0,
      'limit-minutes': 2,
    })
  })

  it('names every problem at once', () => {
    expect(problemsOf({ order: 'random', kind: 'x', cache: '0', frames: '1.5', speed: '1' })).toEqual([
      'There is no flag --speed.',
      expect.stringContaining('--data'),
      expect.stringContaining('--order'),
      expect.stringContaining('--kind'),
      expect.stringContaining('--frames'),
      expect.stringContaining('--cache'),
    ])
  })

  it.each([
    [['some/folder', '--data', 'x'], /no place for "some\/folder"/],
    [['--data', 'x', '--json'], /--json needs a value/],
    [['--data', '--bundle', 'b'], /--data needs a value/],
    [['--constructor'], /no flag --constructor/],
  ])('refuses what the parser would pass over in silence: %j', (args, message) => {
    expect(() => resolveReplaySettings(args, { data: 'x' })).toThrow(message)
  })

  it('refuses a flag that was given twice: only the last would hold', () => {
    expect(() => resolveReplaySettings(['--data', 'x', '--data', 'y'], { data: 'y' })).toThrow(
      /--data was given more than once/,
    )
  })
})

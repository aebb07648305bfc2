import { expect, it } from 'vitest'
import { CacheNetError } from '../../core/wire/errors.ts'
import { resolveStrategiesSettings } from './settings.ts'

it('reads lists, and measures everything at every speed where nothing is said', () => {
  expect(resolveStrategiesSettings([], {})).toMatchObject({
    only: ['headline', 'matrix', 'map', 'kernels', 'policies'],
    devices: [1, 4, 8],
    rounds: 5,
    resume: false,
  })
  expect(resolveStrategiesSettings([], { only: 'kernels, map', devices: '1,8', rounds: '2' })).toMatchObject({
    only: ['kernels', 'map'],
    devices: [1, 8],
    rounds: 2,
  })
})

it('plays a folder alone, into a file of its own, unless more is asked for', () => {
  expect(resolveStrategiesSettings([], { folder: 'holiday' })).toMatchObject({
    only: ['folder'],
    bundle: 'cifar10',
    out: 'bench/results/folder.json',
  })
  expect(
    resolveStrategiesSettings([], {
      folder: 'holiday',
      bundle: 'mine',
      only: 'folder,kernels',
      out: 'x.json',
    }),
  ).toMatchObject({ only: ['folder', 'kernels'], bundle: 'mine', out: 'x.json' })
})

it.each([
  [['--speed=3'], {}, /no flag --speed/],
  [[], { only: 'headline,everything' }, /must be among/],
  [[], { devices: '3' }, /--devices/],
  [[], { only: 'folder' }, /--folder is needed/],
  [[], { rounds: '0' }, /between 1 and 100/],
])('refuses %j %j', (args, flags, message) => {
  expect(() => resolveStrategiesSettings(args, flags)).toThrow(CacheNetError)
  expect(() => resolveStrategiesSettings(args, flags)).toThrow(message)
})

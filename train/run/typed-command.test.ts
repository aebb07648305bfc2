import { expect, it } from 'vitest'
import { typedCommand } from './typed-command.ts'

it('names folders and files as another machine would know them', () => {
  expect(typedCommand('walkers', { id: 'walkers' })).toBe('npm run train -- walkers')
  expect(
    typedCommand('folder', {
      id: 'mine',
      data: '/somewhere/of/mine/pictures/',
      config: '/a/b.json',
      fullFrom: '/runs/first',
      set: 'seed=2 workers=1',
    }),
  ).toBe(
    'npm run train -- folder --data pictures --id mine --config b.json --full-from first --set "seed=2 workers=1"',
  )
})

it('quotes settings that have quotes of their own', () => {
  expect(typedCommand('walkers', { id: 'walkers', set: 'gate.scenePriors=[{"memoryFrames":20}]' })).toBe(
    `npm run train -- walkers --set 'gate.scenePriors=[{"memoryFrames":20}]'`,
  )
})

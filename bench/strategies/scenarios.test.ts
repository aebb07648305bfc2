import { expect, it } from 'vitest'
import { scenarioKey } from './scenario.ts'
import { sections } from './scenarios.ts'

const extent = { rounds: 2, frames: 400, slowDowns: [1, 4], isFull: false }

it('plays a folder as every strategy, under the headline’s conditions, and the full model first', () => {
  const [scenario, ...others] = sections.folder({
    ...extent,
    folder: { path: '/somewhere/holiday/', bundle: 'cifar10' },
  })
  expect(others).toEqual([])
  expect(scenario && scenarioKey(scenario)).toBe('folder · cifar10 · holiday · wifi · 1/4 · cache 2')
  const [headline] = sections.headline(extent)
  expect(scenario).toMatchObject({
    network: headline?.network,
    slowDown: headline?.slowDown,
    cache: headline?.cache,
    rounds: 2,
  })
  expect(scenario?.strategies[0]).toBe('edge')
  expect([...(scenario?.strategies ?? [])].sort()).toEqual([...(headline?.strategies ?? [])].sort())
})

it('plays no folder where none is named', () => expect(sections.folder(extent)).toEqual([]))

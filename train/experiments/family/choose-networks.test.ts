import { expect, it } from 'vitest'
import { chooseNetworks, selectArms } from './choose-networks.ts'
import type { TimedNetwork } from './timed-networks.ts'

const cost = (megaMacs: number, ms: number) => ({
  megaMacs,
  parameters: 1000,
  ms: { n: 3, median: ms, least: ms, most: ms },
})
const separable = (width: number, megaMacs: number, ms: number, depth = 2, size = 32): TimedNetwork => ({
  family: 'separable',
  size,
  width,
  depth,
  ...cost(megaMacs, ms),
})
const times: TimedNetwork[] = [
  { size: 32, widths: [4, 8, 8], ...cost(8, 2) },
  separable(0.5, 2, 1.1),
  separable(0.75, 4, 1.9),
  separable(1, 8, 3),
  separable(1.5, 16, 7),
  separable(0.8, 7.7, 2.8, 3),
  separable(0.5, 5, 1.5, 3),
  separable(1, 8, 2, 2, 64),
]
const plain = { size: 32, widths: [4, 8, 8] }

it('finds the separable networks of the plain one’s cost: the deepest that is near, or else the nearest', () => {
  const arms = chooseNetworks(times, plain)
  expect(arms.map(({ name, network }) => [name, network.megaMacs, network.ms.least])).toEqual([
    ['plain', 8, 2],
    ['separable, equal MMACs', 7.7, 2.8],
    ['separable, equal ms', 4, 1.9],
  ])
  const few = chooseNetworks([times[0]!, times[1]!, times[4]!], plain)
  expect(few.map(({ network }) => network.megaMacs)).toEqual([8, 16, 2])
})

it('takes some of them', () => {
  const arms = chooseNetworks(times, plain)
  expect(selectArms(arms, 'ms, plain').map(({ name }) => name)).toEqual(['plain', 'separable, equal ms'])
  expect(() => selectArms(arms, 'plain,mobile')).toThrow(expect.objectContaining({ code: 'config-invalid' }))
})

it.each([
  ['widths', { size: 32, widths: [4, 8, 12] }],
  ['a size', { size: 64, widths: [4, 8, 8] }],
])('says so where nobody timed %s', (_, wanted) => {
  expect(() => chooseNetworks(times, wanted)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
})

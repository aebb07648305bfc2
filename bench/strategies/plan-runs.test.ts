import { expect, it } from 'vitest'
import { planRuns } from './run-strategies.ts'
import type { Scenario } from './scenario.ts'

const scenario = (network: Scenario['network'], rounds: number): Scenario => ({
  section: 'matrix',
  bundle: 'b',
  stream: { order: 'sessions' },
  network,
  slowDown: 1,
  cache: 2,
  strategies: ['device', 'edge'],
  frames: 10,
  rounds,
})

it('plays a round of everything before the next, each in another order than the one before', () => {
  const runs = planRuns([scenario('wifi', 2), scenario('lte', 1)]).map(
    ({ scenario: { network }, strategy, round, turn }) => `${round} ${network} ${strategy} ${turn}`,
  )
  expect(runs).toEqual([
    '0 wifi device 0',
    '0 wifi edge 1',
    '0 lte device 0',
    '0 lte edge 1',
    '1 wifi edge 0',
    '1 wifi device 1',
  ])
  expect(planRuns([])).toEqual([])
})

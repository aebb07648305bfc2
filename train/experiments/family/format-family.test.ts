import { expect, it } from 'vitest'
import { formatFamily } from './format-family.ts'
import type { FamilyTraining } from './run-family.ts'

const ms = (median: number) => ({ n: 3, median, least: median, most: median })
const plain: FamilyTraining['network'] = {
  size: 32,
  widths: [16, 48, 64],
  megaMacs: 8.371,
  parameters: 70_000,
  ms: ms(1.5),
}
const separable: FamilyTraining['network'] = {
  family: 'separable',
  size: 32,
  width: 0.875,
  depth: 2,
  megaMacs: 8.1,
  parameters: 100_000,
  ms: ms(2.25),
}

it('prints a line each arm, over its seeds', () => {
  const row = { bytes: 140_400, cpuSeconds: 60 }
  const table = formatFamily([
    { ...row, arm: 'plain', seed: 1, network: plain, accuracy: 0.4 },
    { ...row, arm: 'separable, equal MMACs', seed: 1, network: separable, accuracy: 0.45 },
    { ...row, arm: 'plain', seed: 2, network: plain, accuracy: 0.42 },
  ])
  expect(table.split('\n').slice(2)).toEqual([
    '| plain | channels 16, 48, 64 | 8.37 | 1.500 | 140 | 41.0 % | 40.0 %–42.0 % | 2 | 60 |',
    '| separable, equal MMACs | width 0.88, depth 2 | 8.10 | 2.250 | 140 | 45.0 % | 45.0 %–45.0 % | 1 | 60 |',
  ])
})

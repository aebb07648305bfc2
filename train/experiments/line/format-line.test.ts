import { expect, it } from 'vitest'
import { formatLine } from './format-line.ts'

it('prints a line each draw, in points', () => {
  const draw = { loss: 0.0036, lossOfRow: 0.0021, error: 0.005, coverage: 0.742 }
  const table = formatLine([
    {
      stream: 'single100',
      draws: [
        { ...draw, draw: 0 },
        { ...draw, draw: 1, loss: 0.0211 },
      ],
    },
  ])
  expect(table.split('\n').slice(2)).toEqual([
    '| single100 | of the calibration | 0.36 | 0.50 | 0.21 | 74.2 % |',
    '| single100 | 1 | 2.11 | 0.50 | 0.21 | 74.2 % |',
  ])
})

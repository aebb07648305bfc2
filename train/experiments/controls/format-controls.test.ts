import { expect, it } from 'vitest'
import { formatControls } from './format-controls.ts'
import { widthsOfBytes } from './run-controls.ts'

it('tables every control of a region, their means, and what is absent as a dash', () => {
  const row = {
    region: 'kitchen',
    generalist: 0.5,
    told: 0.6,
    head: undefined,
    delta: 0.61,
    partition: 0.7,
    scratch: 0.4,
    wideTold: 0.65,
    fullTold: 0.8,
  }
  const lines = formatControls({
    rows: [row, { ...row, region: 'street', head: 0.7, partition: 0.8 }],
    wideSize: { widths: [16, 40, 56] },
    estimated: { generalist: 0.55, full: 0.75 },
  }).split('\n')
  expect(lines.slice(2, 5)).toEqual([
    '| kitchen | 50.0 % | 60.0 % | – | 61.0 % | 70.0 % | 40.0 % | 65.0 % | 80.0 % |',
    '| street | 50.0 % | 60.0 % | 70.0 % | 61.0 % | 80.0 % | 40.0 % | 65.0 % | 80.0 % |',
    '| **mean** | 50.0 % | 60.0 % | 70.0 % | 61.0 % | 75.0 % | 40.0 % | 65.0 % | 80.0 % |',
  ])
  expect(lines.at(-1)).toContain('generalist 55.0 %, full model 75.0 %')
})

it('a network of three times the bytes is wider by the root of three, in fours', () => {
  expect(widthsOfBytes([8, 24, 32], 3)).toEqual([12, 40, 56])
  expect(widthsOfBytes([8, 24, 32], 1)).toEqual([8, 24, 32])
})

import { expect, it } from 'vitest'
import { coldStartTable } from './table.ts'

it('gives medians, and the ratios of starts of the same round', () => {
  const text = coldStartTable({ app: [300, 400, 800], files: [100, 200, 200], network: [150, 400, 200] })
  const lines = text.split('\n').map((line) => line.replace(/\s+/g, ' '))
  expect(lines[0]).toContain('400 ms (300–800, n = 3)')
  expect(lines[3]).toContain('3.00 (2.00–4.00, n = 3)')
  expect(lines[4]).toContain('2.00 (1.00–4.00, n = 3)')
})

import { expect, it } from 'vitest'
import { byteSize, nats, percent, points, whole } from './number-format.ts'

it('writes numbers as people read them', () => {
  expect(percent(0.9312)).toBe('93.1\u00a0%')
  expect(percent(0.5, 0)).toBe('50\u00a0%')
  expect([points(-0.004), points(0.02), points(-0.0001)]).toEqual(['−0.4', '+2.0', '0.0'])
  expect(nats(0.12345)).toBe('0.123')
  expect([whole(999), whole(1000), whole(1234567)]).toEqual(['999', '1,000', '1,234,567'])
  expect([byteSize(872), byteSize(1744), byteSize(3_940_000)]).toEqual(['872 B', '1.7 kB', '3.94 MB'])
})

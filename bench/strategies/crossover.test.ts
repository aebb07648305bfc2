import { expect, it } from 'vitest'
import { expectedMs } from './crossover.ts'

const device = { localMs: 6, missMs: 0, hitRate: 1 }
const edge = { localMs: 0.5, missMs: 3, hitRate: 0 }
const half = { localMs: 1, missMs: 4, hitRate: 0.5 }

it('makes the device slower, and leaves the edge and the network as they are', () => {
  expect(expectedMs(device, 1, 100)).toBe(6)
  expect(expectedMs(device, 4, 100)).toBe(24)
  expect(expectedMs(edge, 1, 20)).toBe(23)
  // Three more halves of a millisecond before the frame leaves.
  expect(expectedMs(edge, 4, 20)).toBe(24.5)
  expect(expectedMs(half, 1, 0)).toBe(2.5)
  expect(expectedMs(half, 4, 20)).toBe(0.5 * 4 + 0.5 * (4 + 3 + 20))
})

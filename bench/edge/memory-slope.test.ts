import { expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { medianSlope, residentBytes } from './memory-slope.ts'

const noisy = (perMinute: number) => {
  const random = createRandom(3)
  return Array.from({ length: 80 }, (_, index) => ({
    minutes: index / 8,
    value: 400 + (perMinute * index) / 8 + random.normal() * 4 + (index % 20 === 0 ? 60 : 0),
  }))
}

it('tells a leak of two units a minute from none, through noise and single peaks', () => {
  expect(Math.abs(medianSlope(noisy(0)))).toBeLessThan(0.5)
  expect(medianSlope(noisy(2))).toBeGreaterThan(1.5)
})

it.runIf(process.platform === 'linux')('counts a process and what it has started', async () => {
  expect(await residentBytes(process.pid)).toBeGreaterThan(20e6)
  expect(await residentBytes(2 ** 22 + 1)).toBe(0)
})

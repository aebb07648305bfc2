import { expect, it } from 'vitest'
import { leastBatch, type RunBatch } from './least-batch.ts'

let clockMs = 0
/** Takes so long for a batch by the test's clock; ten times as long the first time. */
const taking = (ms: (count: number) => number): RunBatch => {
  const warm = new Set<number>()
  return async (count) => {
    await Promise.resolve()
    clockMs += ms(count) * (warm.has(count) ? 1 : 10)
    warm.add(count)
  }
}
const found = (forBatches: (count: number) => number): Promise<number | undefined> =>
  leastBatch(
    taking((count) => count),
    taking(forBatches),
    () => clockMs,
  )

it('is the size from which on the form for batches is faster', async () => {
  expect(await found((count) => 2 + 0.7 * count)).toBe(8)
  expect(await found((count) => 0.9 * count)).toBe(2)
  expect(await found((count) => 4 + 0.7 * count)).toBe(16)
})

it('is none where it never is, or only by accident', async () => {
  expect(await found((count) => 1.1 * count)).toBeUndefined()
  expect(await found((count) => (count === 8 ? 1 : 2 * count))).toBeUndefined()
})

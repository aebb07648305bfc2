import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { sortGivingWay } from './sort-giving-way.ts'

it('sorts as the language does, equal items in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat()), { maxLength: 500 }),
      async (items) => {
        const byFirst = (a: readonly number[], b: readonly number[]): number => (a[0] ?? 0) - (b[0] ?? 0)
        expect(await sortGivingWay(items, byFirst, () => Promise.resolve())).toEqual([...items].sort(byFirst))
      },
    ),
  )
})

it('gives way all along', async () => {
  let [compared, most] = [0, 0]
  const giveWay = (): Promise<void> => {
    most = Math.max(most, compared)
    compared = 0
    return Promise.resolve()
  }
  await sortGivingWay(
    Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 20_000),
    (a, b) => {
      compared++
      return a - b
    },
    giveWay,
  )
  expect(Math.max(most, compared)).toBeLessThan(1000)
})

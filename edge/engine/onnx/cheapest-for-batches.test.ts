import { expect, it } from 'vitest'
import { cheapestForBatches, type Contender } from './cheapest-for-batches.ts'

/** A session that takes so many milliseconds for a batch. */
type Session = (count: number) => number
let clockMs = 0
const run = async (session: Session, count: number): Promise<void> => {
  await Promise.resolve()
  clockMs += session(count)
}
const cheapest = (contenders: readonly Contender<Session>[]): ReturnType<typeof cheapestForBatches<Session>> => cheapestForBatches(alone, contenders, run, () => clockMs)
const alone = { session: (count: number) => count, threads: 2 }

it('takes what costs least for a batch, from the size on at which it costs less than running frames alone', async () => {
  const slow = { session: (count: number) => 1.5 * count, threads: 1 }
  // Costs 2 a frame at 4, and half as much at 8.
  const fast = { session: (count: number) => (count < 8 ? 3 * count : count), threads: 1 }
  expect(await cheapest([slow, fast])).toEqual({ session: fast.session, leastBatch: 8 })
  expect(await cheapest([slow])).toEqual({ session: slow.session, leastBatch: 4 })
})

it('takes none where none is cheaper in time of threads, although one is faster by the clock', async () => {
  expect(await cheapest([{ session: (count: number) => 0.8 * count, threads: 4 }])).toBeUndefined()
  expect(await cheapest([])).toBeUndefined()
})

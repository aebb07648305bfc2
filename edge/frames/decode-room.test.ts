import { expect, it } from 'vitest'
import { createDecodeRoom } from './decode-room.ts'

/** Work that ends when it is told to. */
function held(): {
  readonly work: () => Promise<number>
  readonly release: () => void
  readonly hasBegun: () => boolean
} {
  let release = (): void => undefined
  let hasBegun = false
  const ended = new Promise<void>((resolve) => (release = resolve))
  return {
    work: () => ((hasBegun = true), ended.then(() => 1)),
    release: () => release(),
    hasBegun: () => hasBegun,
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('decodes no more pixels at once than it may, in the order of coming', async () => {
  const room = createDecodeRoom({ mostPixels: 100, mostImages: 3 })
  const [first, second, third] = [held(), held(), held()]
  const all = [room.run(60, first.work), room.run(60, second.work), room.run(10, third.work)]
  await turn()
  expect([first, second, third].map(({ hasBegun }) => hasBegun())).toEqual([true, false, false])
  first.release()
  await all[0]
  await turn()
  expect([second, third].map(({ hasBegun }) => hasBegun())).toEqual([true, true])
  second.release()
  third.release()
  expect(await Promise.all(all)).toEqual([1, 1, 1])
})

it('decodes a large image alone, and goes on after a failure', async () => {
  const room = createDecodeRoom({ mostPixels: 100 })
  await expect(room.run(1_000, () => Promise.reject(new RangeError('broken')))).rejects.toThrow('broken')
  const large = held()
  const answer = room.run(1_000, large.work)
  const small = held()
  const other = room.run(1, small.work)
  await turn()
  expect(small.hasBegun()).toBe(false)
  large.release()
  small.release()
  expect(await Promise.all([answer, other])).toEqual([1, 1])
})

it('gives up an image whose turn does not come', async () => {
  const room = createDecodeRoom({ mostPixels: 100, waitMs: 20 })
  const first = held()
  const answer = room.run(100, first.work)
  await expect(room.run(100, () => Promise.resolve(0))).rejects.toMatchObject({ code: 'edge-overloaded' })
  first.release()
  expect(await answer).toBe(1)
})

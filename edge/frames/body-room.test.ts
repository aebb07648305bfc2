import { expect, it } from 'vitest'
import { createBodyRoom } from './body-room.ts'

const limits = { mostOpen: 5, mostOpenOfClient: 3, mostBytes: 1_000_000, mostBytesOfClient: 500_000 }

it('gives no client more than its share of what is on the way, and takes back what has arrived', () => {
  const room = createBodyRoom(limits)
  const places = [room.enter('a', 10), room.enter('a', 10), room.enter('a', 10)]
  expect(() => room.enter('a', 10)).toThrow(expect.objectContaining({ code: 'rate-limited' }) as Error)
  room.enter('b', 10)
  room.enter('c', 10)
  expect(() => room.enter('d', 10)).toThrow(expect.objectContaining({ code: 'edge-overloaded' }) as Error)
  places[0]?.arrived()
  places[0]?.leave()
  places[0]?.leave()
  room.enter('d', 10)
})

it('counts large bodies until they are gone, and lets small ones pass', () => {
  const room = createBodyRoom({ ...limits, mostOpen: 100, mostOpenOfClient: 100 })
  const large = room.enter('a', 400_000)
  large.arrived()
  expect(() => room.enter('a', 200_000)).toThrow(expect.objectContaining({ code: 'rate-limited' }) as Error)
  room.enter('a', 3_072)
  room.enter('b', 500_000)
  expect(() => room.enter('c', 200_000)).toThrow(
    expect.objectContaining({ code: 'edge-overloaded' }) as Error,
  )
  large.leave()
  const unannounced = room.enter('c', 0)
  unannounced.grow(200_000)
  expect(() => unannounced.grow(600_000)).toThrow(expect.objectContaining({ code: 'rate-limited' }) as Error)
  expect(() => room.enter('d', 400_000)).toThrow(
    expect.objectContaining({ code: 'edge-overloaded' }) as Error,
  )
  unannounced.leave()
  room.enter('d', 400_000)
})

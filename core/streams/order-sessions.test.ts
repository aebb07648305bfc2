import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import { orderSessions } from './order-sessions.ts'

describe('orderSessions', () => {
  const items = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1']

  it('keeps every session whole and in its own order', () => {
    const ordered = orderSessions(items, 3, 7, createRandom(4))
    expect([...ordered].sort()).toEqual([...items].sort())
    for (const session of ['a', 'b'])
      expect(ordered.join(' ')).toContain(`${session}1 ${session}2 ${session}3`)
  })

  it('begins again where more is asked for, and draws another order from another seed', () => {
    const ordered = orderSessions(items, 3, 14, createRandom(4))
    expect(ordered.slice(7)).toEqual(ordered.slice(0, 7))
    const orders = new Set(
      Array.from({ length: 20 }, (_, seed) => orderSessions(items, 3, 7, createRandom(seed)).join()),
    )
    expect(orders.size).toBe(6)
  })

  it('gives nothing of nothing', () => {
    expect(orderSessions([], 3, 7, createRandom(4))).toEqual([])
  })
})

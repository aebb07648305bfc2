import { expect, it } from 'vitest'
import { createClientBudget } from './client-budget.ts'

it('gives each client what it had and what time added, and no more', () => {
  let now = 0
  const budget = createClientBudget({ first: 10, most: 20, perSecond: 2, nowMs: () => now })
  expect([budget.take('a', 7), budget.take('a', 7), budget.take('b', 999_999)]).toEqual([7, 3, 10])
  now = 2_000
  expect([budget.take('a', 1), budget.take('a', 9)]).toEqual([1, 3])
  now = 3_600_000
  expect(budget.take('a', 999_999)).toBe(20)
})

it('remembers a bounded number of clients', () => {
  const budget = createClientBudget({ first: 1, most: 1, perSecond: 0, mostClients: 2 })
  for (const client of ['a', 'b', 'c']) expect(budget.take(client, 1)).toBe(1)
  expect([budget.take('c', 1), budget.take('b', 1), budget.take('a', 1)]).toEqual([0, 0, 1])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRecentClients } from './recent-clients.ts'
import { createTransitions } from './transitions.ts'

const none = new Set<string>()

describe('createTransitions', () => {
  it('names what most often follows, once it was seen often enough', () => {
    const transitions = createTransitions()
    for (let turn = 0; turn < 2; turn++) transitions.learn('a', 'b')
    expect(transitions.likelyAfter('a', none)).toBeUndefined()
    transitions.learn('a', 'b')
    expect(transitions.likelyAfter('a', none)).toBe('b')
    for (let turn = 0; turn < 5; turn++) transitions.learn('a', 'c')
    expect(transitions.likelyAfter('a', none)).toBe('c')
    expect(transitions.likelyAfter('a', new Set(['c']))).toBe('b')
    expect(transitions.likelyAfter('b', none)).toBeUndefined()
  })

  it('does not call likely what hardly ever happens', () => {
    const transitions = createTransitions(0.2)
    for (let turn = 0; turn < 100; turn++) transitions.learn('a', 'b')
    for (let turn = 0; turn < 10; turn++) transitions.learn('a', 'c')
    expect(transitions.likelyAfter('a', new Set(['b']))).toBeUndefined()
  })

  it('learns nothing from a stream that stays where it is', () => {
    const transitions = createTransitions()
    for (let turn = 0; turn < 10; turn++) transitions.learn('a', 'a')
    expect(transitions.likelyAfter('a', none)).toBeUndefined()
  })

  it('follows a world that changes, however long it was otherwise', () => {
    const transitions = createTransitions()
    for (let turn = 0; turn < 1_000_000; turn++) transitions.learn('a', 'b')
    for (let turn = 0; turn < 3000; turn++) transitions.learn('a', 'c')
    expect(transitions.likelyAfter('a', none)).toBe('c')
  })
})

describe('createRecentClients', () => {
  it('tells what a client was sent before, and forgets the longest silent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('p0', 'p1', 'p2')), {
          maxLength: 100,
        }),
        (events) => {
          const clients = createRecentClients(4)
          /** The plain way: all of history, of which only the last four clients count. */
          const history: [string, string][] = []
          for (const [number, partition] of events) {
            const client = String(number)
            const recent = [...new Set(history.map(([who]) => who).reverse())].slice(0, 4)
            const expected = recent.includes(client)
              ? [...history].reverse().find(([who]) => who === client)?.[1]
              : undefined
            expect(clients.exchange(client, partition)).toBe(expected)
            history.push([client, partition])
          }
        },
      ),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeCache } from './lru.cases.ts'
import {
  byLeastRecentUse,
  createCacheState,
  stepCache,
  storedBytes,
  type CacheEvent,
  type CacheState,
} from './lru.ts'
import { makeRoom } from './reconcile.ts'

describeCache('the pure policy', (budget) => {
  let state = createCacheState(budget)
  const step = (event: CacheEvent): Promise<void> => {
    ;({ state } = stepCache(state, event))
    return Promise.resolve()
  }
  return Promise.resolve({
    store: (id, bytes) => step({ kind: 'stored', id, bytes }),
    use: (id) => step({ kind: 'used', id }),
    remove: (id) => step({ kind: 'removed', id }),
    pin: (ids) => step({ kind: 'pinned', ids }),
    setBudget: (next) => step({ kind: 'budget-set', budget: next }),
    storedIds: () => Promise.resolve(Object.keys(state.entries)),
  })
})

const anyId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const anyBudget = fc.record({
  entries: fc.integer({ min: 0, max: 4 }),
  bytes: fc.integer({ min: 0, max: 400 }),
})
const anyEvent: fc.Arbitrary<CacheEvent> = fc.oneof(
  fc.record({ kind: fc.constant('stored' as const), id: anyId, bytes: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ kind: fc.constant('used' as const), id: anyId }),
  fc.record({ kind: fc.constant('removed' as const), id: anyId }),
  fc.record({ kind: fc.constant('pinned' as const), ids: fc.uniqueArray(anyId, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('budget-set' as const), budget: anyBudget }),
)

/** Checks `holds` on every step of any history. */
function onEveryStep(
  holds: (before: CacheState, event: CacheEvent, after: CacheState, evictions: readonly string[]) => void,
): void {
  fc.assert(
    fc.property(anyBudget, fc.array(anyEvent, { maxLength: 60 }), (budget, events) => {
      let before = createCacheState(budget)
      for (const event of events) {
        const { state: after, evictions } = stepCache(before, event)
        holds(before, event, after, evictions)
        before = after
      }
    }),
  )
}

const isOver = (state: CacheState): boolean =>
  Object.keys(state.entries).length > state.budget.entries || storedBytes(state) > state.budget.bytes

describe('the pure policy, whatever happens', () => {
  it('is over the budget only by what is pinned or has just been stored', () => {
    let justStored: string | undefined
    onEveryStep((_before, event, after) => {
      // Uses and removals evict nothing, so what was allowed to be over before them still is.
      if (event.kind === 'stored') justStored = event.id
      else if (event.kind !== 'used' && event.kind !== 'removed') justStored = undefined
      const evictable = Object.keys(after.entries).filter(
        (id) => !after.pinned.includes(id) && id !== justStored,
      )
      expect(isOver(after) && evictable.length > 0).toBe(false)
    })
  })

  it('never lets the clock run backwards, and no entry be used after it', () => {
    onEveryStep((before, _event, after) => {
      expect(after.clock).toBeGreaterThanOrEqual(before.clock)
      for (const { lastUse } of Object.values(after.entries)) expect(lastUse).toBeLessThanOrEqual(after.clock)
      const uses = Object.values(after.entries).map(({ lastUse }) => lastUse)
      expect(new Set(uses).size).toBe(uses.length)
    })
  })

  it('says of everything that leaves that it leaves, oldest first, and never evicts what is pinned', () => {
    onEveryStep((before, event, after, evictions) => {
      const held = new Set([...Object.keys(before.entries), ...(event.kind === 'stored' ? [event.id] : [])])
      const left = [...held].filter(
        (id) => after.entries[id] === undefined && !(event.kind === 'removed' && event.id === id),
      )
      expect([...evictions].sort()).toEqual(left.sort())
      expect(byLeastRecentUse(before).filter((id) => evictions.includes(id))).toEqual(evictions)
      for (const id of evictions) expect(after.pinned).not.toContain(id)
    })
  })

  it('evicts nothing that is more recent than an unpinned entry it keeps', () => {
    onEveryStep((before, event, after, evictions) => {
      const kept = Object.keys(after.entries).filter(
        (id) => !after.pinned.includes(id) && !(event.kind === 'stored' && event.id === id),
      )
      for (const evicted of evictions) {
        for (const id of kept)
          expect(before.entries[evicted]?.lastUse).toBeLessThan(before.entries[id]?.lastUse ?? 0)
      }
    })
  })

  it('leaves the state it was given as it was', () => {
    onEveryStep((before, event) => {
      const copy = structuredClone(before)
      stepCache(before, event)
      expect(before).toEqual(copy)
    })
  })

  it('makes room on a full device without changing the budget, for as much as is not pinned', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 40 }),
        fc.integer({ min: 1, max: 500 }),
        (events, bytes) => {
          const state = events.reduce(
            (before, event) => stepCache(before, event).state,
            createCacheState({ entries: 9, bytes: 9_000 }),
          )
          const { state: after } = makeRoom(state, bytes)
          expect(after.budget).toEqual(state.budget)
          const onlyPinnedLeft = Object.keys(after.entries).every((id) => after.pinned.includes(id))
          expect(storedBytes(state) - storedBytes(after) >= bytes || onlyPinnedLeft).toBe(true)
        },
      ),
    )
  })
})

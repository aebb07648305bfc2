/** What the cache may hold. Entries that are pinned count too, but are never evicted. */
export interface CacheBudget {
  readonly entries: number
  readonly bytes: number
}

export interface CacheEntry {
  readonly bytes: number
  /** Reading of the logical clock when the entry was last used for an answer, or stored. */
  readonly lastUse: number
}

/** Plain data: survives JSON and `structuredClone`. */
export interface CacheState {
  readonly budget: CacheBudget
  /** Counts uses. A wall clock can run backwards or stand still between two events; this cannot. */
  readonly clock: number
  readonly entries: Readonly<Record<string, CacheEntry>>
  /** Ids that may not be evicted now, such as the partition that is answering. */
  readonly pinned: readonly string[]
}

export type CacheEvent =
  | { readonly kind: 'stored'; readonly id: string; readonly bytes: number }
  | { readonly kind: 'used'; readonly id: string }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'pinned'; readonly ids: readonly string[] }
  | { readonly kind: 'budget-set'; readonly budget: CacheBudget }

export interface CacheTransition {
  readonly state: CacheState
  /** Ids to delete from storage, least recently used first; already gone from `state`. */
  readonly evictions: readonly string[]
}

export function createCacheState(budget: CacheBudget): CacheState {
  return { budget, clock: 0, entries: {}, pinned: [] }
}

export const storedBytes = (state: CacheState): number =>
  Object.values(state.entries).reduce((sum, { bytes }) => sum + bytes, 0)

/** Ids, the next to be evicted first. Pinned ones are in it, at their place. */
export const byLeastRecentUse = (state: CacheState): string[] =>
  Object.entries(state.entries)
    .sort(([, a], [, b]) => a.lastUse - b.lastUse)
    .map(([id]) => id)

const isOver = (state: CacheState): boolean =>
  Object.keys(state.entries).length > state.budget.entries || storedBytes(state) > state.budget.bytes

function without(state: CacheState, id: string): CacheState {
  const { [id]: _removed, ...entries } = state.entries
  return { ...state, entries }
}

/** Evicts what is least recently used until the budget holds, or only pinned entries and `kept` are left. */
function evict(state: CacheState, kept?: string): CacheTransition {
  const evictions: string[] = []
  for (const id of byLeastRecentUse(state)) {
    if (!isOver(state)) break
    if (id === kept || state.pinned.includes(id)) continue
    state = without(state, id)
    evictions.push(id)
  }
  return { state, evictions }
}

/**
 * The cache policy: least recently used goes first. Pure: storage does what it says (see the web's partition
 * cache). What has just been stored is never evicted by its own arrival, even where it alone is over the
 * budget: it is about to answer.
 */
export function stepCache(state: CacheState, event: CacheEvent): CacheTransition {
  const clock = state.clock + 1
  switch (event.kind) {
    case 'stored':
      return evict(
        {
          ...state,
          clock,
          entries: { ...state.entries, [event.id]: { bytes: event.bytes, lastUse: clock } },
        },
        event.id,
      )
    case 'used': {
      const entry = state.entries[event.id]
      if (entry === undefined) return { state, evictions: [] }
      return {
        state: { ...state, clock, entries: { ...state.entries, [event.id]: { ...entry, lastUse: clock } } },
        evictions: [],
      }
    }
    case 'removed':
      return { state: without(state, event.id), evictions: [] }
    case 'pinned':
      return evict({ ...state, pinned: [...event.ids] })
    case 'budget-set':
      return evict({ ...state, budget: event.budget })
    default:
      return event satisfies never
  }
}

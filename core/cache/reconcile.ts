import { stepCache, storedBytes, type CacheEntry, type CacheState, type CacheTransition } from './lru.ts'

/**
 * How long a blob is kept: a partition until its turn to be evicted comes, a resident (the generalist)
 * always, other blobs not at all.
 */
export type Keeping = 'evictable' | 'resident' | 'not-kept'

/** What the stored manifests say of blobs, by hash. */
export interface BlobNames {
  /**
   * False while a stored manifest cannot be read: then no blob counts as unnamed, for that manifest may name
   * it.
   */
  readonly isComplete: boolean
  readonly blobs: ReadonlyMap<string, { readonly bytes: number; readonly keeping: Keeping }>
}

/**
 * Brings the index into line with what is really stored. Whoever wrote the two may have stopped between any
 * two writes, and the browser may have emptied the storage meanwhile.
 *
 * - A stored partition that the index does not know is adopted as the least recently used.
 * - An entry whose blob is gone is dropped.
 * - A blob that no manifest names is evicted.
 */
export function reconcileCache(
  state: CacheState,
  storedIds: readonly string[],
  names: BlobNames,
): CacheTransition {
  const isUnnamed = (id: string): boolean => {
    const name = names.blobs.get(id)
    return name === undefined ? names.isComplete : name.keeping === 'not-kept'
  }
  const unnamed = storedIds.filter(isUnnamed)
  const entries: Record<string, CacheEntry> = {}
  for (const id of storedIds) {
    const name = names.blobs.get(id)
    const known = state.entries[id]
    if (isUnnamed(id) || name?.keeping === 'resident') continue
    if (known !== undefined) entries[id] = known
    // The clock starts at 1, so nothing that was ever used comes before these.
    else if (name !== undefined) entries[id] = { bytes: name.bytes, lastUse: 0 }
  }
  const isSame =
    Object.keys(state.entries).length === Object.keys(entries).length &&
    Object.entries(entries).every(([id, entry]) => state.entries[id] === entry)
  if (isSame && unnamed.length === 0) return { state, evictions: [] }
  const { state: fitting, evictions } = stepCache(
    { ...state, entries },
    { kind: 'budget-set', budget: state.budget },
  )
  return { state: fitting, evictions: [...unnamed, ...evictions] }
}

/**
 * Evicts what is least recently used until `bytes` are free, for a device that is fuller than the budget
 * knows.
 */
export function makeRoom(state: CacheState, bytes: number): CacheTransition {
  const budget = { entries: state.budget.entries, bytes: Math.max(0, storedBytes(state) - bytes) }
  const { state: smaller, evictions } = stepCache(state, { kind: 'budget-set', budget })
  return { state: { ...smaller, budget: state.budget }, evictions }
}

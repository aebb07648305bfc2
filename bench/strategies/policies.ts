import { byLeastRecentUse, createCacheState, stepCache } from '../../core/cache/lru.ts'
import type { Random } from '../../core/random.ts'

/**
 * Ways to choose what to evict. LRU is `core`'s own, the product's; the others are what it is held against.
 */
export const policies = ['lru', 'fifo', 'random', 'belady'] as const
export type Policy = (typeof policies)[number]

/** Index of the next request for the same partition, for each request; Infinity where none comes. */
function nextUses(requests: readonly string[]): number[] {
  const next = new Array<number>(requests.length)
  const seen = new Map<string, number>()
  for (let index = requests.length - 1; index >= 0; index--) {
    const id = requests[index] ?? ''
    next[index] = seen.get(id) ?? Infinity
    seen.set(id, index)
  }
  return next
}

function missesOfLru(requests: readonly string[], entries: number): number {
  let cache = createCacheState({ entries, bytes: Number.MAX_SAFE_INTEGER })
  let misses = 0
  for (const id of requests) {
    const isHeld = byLeastRecentUse(cache).includes(id)
    if (!isHeld) misses++
    cache = stepCache(cache, isHeld ? { kind: 'used', id } : { kind: 'stored', id, bytes: 1 }).state
  }
  return misses
}

/**
 * Share of requests that find their partition cached, of a sequence of requests for one partition each.
 * `belady` evicts what is needed last, which needs the future: no policy does better (Belady 1966).
 */
export function hitRatioOf(
  policy: Policy,
  requests: readonly string[],
  entries: number,
  random: Random,
): number {
  if (policy === 'lru') return 1 - missesOfLru(requests, entries) / requests.length
  const next = nextUses(requests)
  // In the order in which they came.
  const held = new Map<string, number>()
  let misses = 0
  for (const [index, id] of requests.entries()) {
    if (!held.has(id)) {
      misses++
      if (held.size >= entries) held.delete(victimOf(policy, held, random))
    }
    held.set(id, next[index] ?? Infinity)
  }
  return 1 - misses / requests.length
}

function victimOf(policy: Exclude<Policy, 'lru'>, held: ReadonlyMap<string, number>, random: Random): string {
  const ids = [...held.keys()]
  switch (policy) {
    case 'fifo':
      return ids[0] ?? ''
    case 'random':
      return ids[random.integer(ids.length)] ?? ''
    case 'belady':
      return ids.reduce((latest, id) => ((held.get(id) ?? 0) > (held.get(latest) ?? 0) ? id : latest))
    default:
      return policy satisfies never
  }
}

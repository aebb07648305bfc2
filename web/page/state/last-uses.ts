const storageKey = 'cachenet-last-uses'
/** Written so often at most; a minute is as exact as anybody reads it. */
const saveIntervalMs = 5_000
/** More partitions than that no device has. */
const most = 256

/**
 * When partitions last answered, by the wall clock: for people only. The order of eviction has a clock of its
 * own, since this one may run backwards.
 */
export interface LastUses {
  note(sha256: string): void
  /** Milliseconds since 1970; undefined for one that never answered here. */
  at(sha256: string): number | undefined
}

function read(storage: Pick<Storage, 'getItem'>): Map<string, number> {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? '{}')
    if (typeof stored !== 'object' || stored === null) return new Map()
    return new Map(
      Object.entries(stored).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    )
  } catch {
    return new Map()
  }
}

export function createLastUses(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  nowMs: () => number = Date.now,
): LastUses {
  const uses = read(storage)
  let savedMs = -Infinity
  return {
    note(sha256) {
      const now = nowMs()
      uses.delete(sha256)
      uses.set(sha256, now)
      if (now - savedMs < saveIntervalMs) return
      savedMs = now
      try {
        storage.setItem(storageKey, JSON.stringify(Object.fromEntries([...uses].slice(-most))))
      } catch {
        // Storage is full or forbidden: known for as long as the page is open.
      }
    },
    at: (sha256) => uses.get(sha256),
  }
}

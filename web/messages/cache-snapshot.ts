import type { NamedBlobs } from '../../core/cache/blob-names.ts'
import { byLeastRecentUse, storedBytes } from '../../core/cache/lru.ts'
import type { CacheContents } from '../../core/cache/partition-cache.ts'
import type { CacheSnapshot, CacheSnapshotEntry } from './cache.ts'

const isHash = (id: string): boolean => /^[0-9a-f]{64}$/.test(id)

/** What the cache holds, in the words of the manifests: what pages are shown. */
export function takeSnapshot(
  contents: CacheContents,
  { blobs }: NamedBlobs,
  { bundleIds, isPersistent }: { readonly bundleIds: readonly string[]; readonly isPersistent: boolean },
): CacheSnapshot {
  const entryOf = (sha256: string): CacheSnapshotEntry => {
    const counted = contents.entries[sha256]
    const name = blobs.get(sha256)
    return {
      sha256,
      bytes: counted?.bytes ?? name?.bytes ?? 0,
      role: counted !== undefined ? 'partition' : name?.keeping === 'resident' ? 'generalist' : 'unknown',
      isPinned: contents.pinned.includes(sha256),
      lastUse: counted?.lastUse ?? 0,
      namedBy: [...(name?.namedBy ?? [])],
    }
  }
  return {
    budget: { ...contents.budget },
    storedBytes: storedBytes(contents),
    // What is stored under another name than a hash is nobody's blob: one such key must not keep a page from
    // reading of the others.
    entries: [...byLeastRecentUse(contents).reverse(), ...contents.residents].filter(isHash).map(entryOf),
    bundleIds: [...bundleIds],
    isPersistent,
  }
}

import type { CacheBudget } from '../../../core/cache/lru.ts'
import type { Settings } from '../state/settings-schema.ts'

/** What the person allows partitions to take; megabytes are 10⁶ bytes. */
export const budgetOf = ({
  cachePartitions,
  cacheMegabytes,
}: Pick<Settings, 'cachePartitions' | 'cacheMegabytes'>): CacheBudget => ({
  entries: cachePartitions,
  bytes: Math.round(cacheMegabytes * 1e6),
})

import { nameBlobs } from '../../../core/cache/blob-names.ts'
import {
  byLeastRecentUse,
  createCacheState,
  stepCache,
  type CacheEvent,
  type CacheState,
  type CacheTransition,
} from '../../../core/cache/lru.ts'
import { defaultBudget } from '../../../core/cache/partition-cache.ts'
import { makeRoom, reconcileCache } from '../../../core/cache/reconcile.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'

/**
 * What a partition cache should hold: the pure policy, and beside it the facts of the world that it cannot
 * see (what is damaged, whether the index is still there). No storage, no threads, no time.
 */
export class CacheModel {
  state: CacheState = createCacheState(defaultBudget)
  /** In the storage, the generalist too. */
  readonly stored = new Set<string>()
  readonly damaged = new Set<string>()
  manifest: Manifest
  isIndexLost = false

  constructor(manifest: Manifest) {
    this.manifest = manifest
    this.stored.add(manifest.generalist.whole.sha256)
  }

  /** Where a blob must come from now. */
  sourceOf(id: string): 'cache' | 'network' {
    return this.stored.has(id) && !this.damaged.has(id) ? 'cache' : 'network'
  }

  step(event: CacheEvent): void {
    this.apply(stepCache(this.state, event))
    // Every change is written, so that the index is there again; a use of what is not there changes nothing.
    if (event.kind !== 'used' || this.state.entries[event.id] !== undefined) this.isIndexLost = false
  }

  fetched(id: string, bytes: number): void {
    if (this.sourceOf(id) === 'cache') return
    // What is damaged is thrown away before it is fetched again.
    if (this.stored.has(id)) this.removed(id)
    this.stored.add(id)
    this.step({ kind: 'stored', id, bytes })
  }

  removed(id: string): void {
    this.step({ kind: 'removed', id })
    this.drop(id)
  }

  cleared(): void {
    for (const id of Object.keys(this.state.entries)) this.removed(id)
    this.isIndexLost = false
  }

  /** The device was full when this blob came: room was made, in vain. */
  refused(id: string, bytes: number): void {
    if (this.sourceOf(id) === 'cache') return
    if (this.stored.has(id)) this.removed(id)
    this.apply(makeRoom(this.state, bytes))
  }

  blobsDeleted(): void {
    for (const id of [...this.stored]) this.drop(id)
    this.reconcile()
  }

  upgraded(manifest: Manifest): void {
    this.manifest = manifest
    this.stored.add(manifest.generalist.whole.sha256)
    this.damaged.delete(manifest.generalist.whole.sha256)
    this.reconcile()
  }

  /**
   * A new life of the service worker. Where the index was lost it begins with what is stored, all of it used
   * equally long ago: `order` is the one that it came upon, the next to be evicted first.
   */
  restarted(order: readonly string[]): void {
    if (!this.isIndexLost) return
    this.state = createCacheState(defaultBudget)
    const generalist = this.manifest.generalist.whole.sha256
    this.reconcile([...order, ...[...this.stored].filter((id) => id === generalist)])
  }

  get order(): string[] {
    return byLeastRecentUse(this.state)
  }

  private reconcile(ids: readonly string[] = [...this.stored]): void {
    const before = this.state
    this.apply(reconcileCache(this.state, ids, nameBlobs([this.manifest], true)))
    if (before !== this.state) this.isIndexLost = false
  }

  private apply({ state, evictions }: CacheTransition): void {
    this.state = state
    for (const id of evictions) this.drop(id)
  }

  private drop(id: string): void {
    this.stored.delete(id)
    this.damaged.delete(id)
  }
}

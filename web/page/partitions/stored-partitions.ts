import type { ReadonlySignal } from '@preact/signals'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { OpenedBundle } from '../boot/open-bundle.ts'
import type { InferenceHost } from '../engine/inference-host.ts'
import type { Notices } from '../state/notices.ts'
import type { Settings } from '../state/settings-schema.ts'
import { budgetOf } from './budget-of.ts'
import type { CacheClient } from './cache-client.ts'
import { findPartition } from './find-partition.ts'

/** What a person, or the budget, does to partitions: storage and memory tell the same story after it. */
export interface StoredPartitions {
  /** Its blob is stored no longer: it leaves memory too. Never rejects. */
  leaveMemory(sha256: string): Promise<void>
  /** Deletes a partition, and its delta. Never rejects; what went wrong is told. */
  remove(id: string): Promise<void>
  /** Deletes all partitions, and their deltas. Never rejects; what went wrong is told. */
  clear(): Promise<void>
  /** How many may be stored and in memory, and how many bytes they may take. Never rejects. */
  limit(settings: Pick<Settings, 'cachePartitions' | 'cacheMegabytes'>): Promise<void>
}

export interface StoredPartitionsOptions {
  readonly connecting: Promise<Pick<CacheClient, 'remove' | 'clear' | 'setBudget'>>
  readonly opened: ReadonlySignal<
    | {
        readonly manifest: OpenedBundle['manifest']
        readonly partitions: Pick<OpenedBundle['partitions'], 'forget'>
      }
    | undefined
  >
  readonly host: Pick<InferenceHost, 'residents' | 'setRoom' | 'unload'>
  readonly notices: Pick<Notices, 'dismiss' | 'showError'>
}

const never = new AbortController().signal

export function createStoredPartitions({
  connecting,
  opened,
  host,
  notices,
}: StoredPartitionsOptions): StoredPartitions {
  async function withCache(
    work: (cache: Awaited<StoredPartitionsOptions['connecting']>) => Promise<void>,
  ): Promise<void> {
    try {
      await work(await connecting)
      notices.dismiss('cache')
    } catch (thrown) {
      notices.showError('cache', CacheNetError.from(thrown))
    }
  }

  async function leaveMemory(sha256: string): Promise<void> {
    const partition = opened.value?.manifest.partitions.find(({ whole }) => whole.sha256 === sha256)
    if (partition === undefined || !host.residents.value.includes(partition.id)) return
    await host
      .unload(never, partition.id)
      .catch((thrown: unknown) => notices.showError('worker', CacheNetError.from(thrown)))
  }

  return {
    leaveMemory,
    remove: (id) =>
      withCache(async (cache) => {
        const { whole, delta } = findPartition(opened.value?.manifest, id).partition
        await cache.remove(never, whole.sha256)
        if (delta !== undefined) await cache.remove(never, delta.sha256)
        opened.value?.partitions.forget(id)
        await leaveMemory(whole.sha256)
      }),
    clear: () =>
      withCache(async (cache) => {
        await cache.clear(never)
        for (const { id, delta } of opened.value?.manifest.partitions ?? []) {
          if (delta !== undefined) await cache.remove(never, delta.sha256)
          opened.value?.partitions.forget(id)
        }
        for (const id of host.residents.value) await host.unload(never, id)
      }),
    limit: (settings) =>
      withCache(async (cache) => {
        await cache.setBudget(never, budgetOf(settings))
        await host.setRoom(never, settings.cachePartitions)
      }),
  }
}

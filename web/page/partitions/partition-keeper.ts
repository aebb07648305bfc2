import type { BlobRef } from '../../../core/bundle/blob-ref.ts'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { CacheNetError } from '../../../core/wire/errors.ts'
import type { InferenceHost } from '../engine/inference-host.ts'
import type { CacheClient } from './cache-client.ts'
import type { InlineDelta } from './weights-source.ts'

export interface WantedPartition {
  readonly id: string
  readonly whole: BlobRef
}

export interface WantOptions {
  /** It came with the answer that names the partition. */
  readonly inlineDelta?: InlineDelta | undefined
  /** Resolve only when the whole partition is in use: for streams that must be repeatable. */
  readonly isWholeAwaited?: boolean
}

/** Sees to it that the partition a scene needs is in memory, and tells the cache which one that is. */
export interface Partitions {
  /**
   * Loads what is cached already, most recent first in the end: read at once, put into memory when `ready`
   * resolves. Resolves with how many that were; never rejects.
   */
  restore(signal: AbortSignal, most: number, ready?: Promise<unknown>): Promise<number>
  /**
   * Makes a partition resident and the most recent: by its delta at once where there is one, and by its whole
   * weights when it has answered some frames and there is time. Resolves with the bytes that crossed the
   * network for it, beyond the answer's own; never rejects, since nothing waits for it: a download that fails
   * is told, and tried again with the next miss that names it.
   */
  want(signal: AbortSignal, partition: WantedPartition, options?: WantOptions): Promise<number>
  /**
   * Has a partition stored that may be needed soon. Resolves with the bytes that crossed the network; never
   * rejects.
   */
  prefetch(signal: AbortSignal, id: string): Promise<number>
  /** A network answered a frame. */
  used(id: string): void
  /**
   * A partition was deleted from the cache: nothing that was kept of it here may stand in for what is stored
   * no longer.
   */
  forget(id: string): void
}

export interface PartitionsOptions {
  readonly manifest: Manifest
  readonly cache: Pick<CacheClient, 'fetchBlob' | 'list' | 'pin' | 'prefetch' | 'reportUse' | 'store'>
  readonly host: Pick<InferenceHost, 'load' | 'refine' | 'use' | 'residents' | 'held'>
  readonly onFailure: (error: CacheNetError) => void
  /** Resolves when there is nothing more urgent to do. Rejects with `aborted`. */
  readonly whenIdle: (signal: AbortSignal) => Promise<void>
  /** Whether the person saves data: then a delta is good enough. */
  readonly isFrugal?: () => boolean
}

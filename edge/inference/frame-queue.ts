import { CacheNetError } from '../../core/wire/errors.ts'
import type { FrameInference, FramePriority } from './inference.ts'

export interface QueuedFrame {
  readonly bundleKey: string
  readonly frame: Float32Array<ArrayBuffer>
  readonly arrivedAt: number
  readonly resolve: (answer: FrameInference) => void
  readonly reject: (reason: unknown) => void
}

export interface FrameQueueLimits {
  /** Most frames that wait, audits among them. */
  readonly maxQueued: number
  /** Most audits that wait. */
  readonly maxAudits: number
}

/**
 * Frames that wait, misses before audits. Bounded: what has no room is refused at once, audits long before
 * misses.
 */
export interface FrameQueue {
  readonly size: number
  readonly queued: Readonly<Record<FramePriority, number>>
  /** Throws `edge-overloaded`. A miss that finds no room takes that of the youngest audit. */
  push(entry: QueuedFrame, priority: FramePriority): void
  /** Takes a frame out; does nothing where it is gone already. */
  remove(entry: QueuedFrame): void
  /**
   * The oldest frame and those of its bundle and priority behind it; empty where nothing waits.
   *
   * @param framesPerBatch most frames of a bundle
   */
  takeBatch(framesPerBatch: (bundleKey: string) => number): QueuedFrame[]
}

const overloaded = (details: Record<string, unknown>): CacheNetError =>
  new CacheNetError(
    'edge-overloaded',
    'More frames arrive than the edge can answer. Send this one again in a second.',
    details,
  )

export function createFrameQueue({ maxQueued, maxAudits }: FrameQueueLimits): FrameQueue {
  const waiting: Record<FramePriority, QueuedFrame[]> = { miss: [], audit: [] }
  const size = (): number => waiting.miss.length + waiting.audit.length
  const isBusy = (): boolean => waiting.miss.length >= maxQueued / 2

  return {
    get size() {
      return size()
    },
    get queued() {
      return { miss: waiting.miss.length, audit: waiting.audit.length }
    },
    push(entry, priority) {
      if (priority === 'audit' && (waiting.audit.length >= maxAudits || isBusy()))
        throw overloaded({ maxAudits })
      if (size() >= maxQueued) {
        const shed = priority === 'miss' ? waiting.audit.pop() : undefined
        if (shed === undefined) throw overloaded({ maxQueued })
        shed.reject(overloaded({ maxAudits }))
      }
      waiting[priority].push(entry)
    },
    remove(entry) {
      for (const list of Object.values(waiting)) {
        const place = list.indexOf(entry)
        if (place >= 0) list.splice(place, 1)
      }
    },
    takeBatch(framesPerBatch) {
      const priority = waiting.miss.length > 0 ? 'miss' : 'audit'
      const [oldest] = waiting[priority]
      const maxBatch = oldest === undefined ? 0 : framesPerBatch(oldest.bundleKey)
      const batch: QueuedFrame[] = []
      waiting[priority] = waiting[priority].filter((entry) => {
        const isTaken = entry.bundleKey === oldest?.bundleKey && batch.length < maxBatch
        if (isTaken) batch.push(entry)
        return !isTaken
      })
      return batch
    },
  }
}

import type { CacheEvent, CacheSnapshot } from '../messages/cache.ts'
import { postEvent } from '../messages/rpc.ts'

const progressIntervalMs = 100

export interface PageBroadcast {
  send(event: CacheEvent): void
  /** At most ten a second for each blob, and always the last. */
  sendProgress(sha256: string, receivedBytes: number, totalBytes: number): void
  /**
   * Tells what the cache holds: once for all changes that come while the telling is under way, and after the
   * last of them.
   */
  sendSnapshot(): void
  /** Resolves when all that was begun is sent. Never rejects. */
  settled(): Promise<void>
}

/** Tells every open page what happens in the cache. Pages that are gone miss it; nothing waits for them. */
export function createPageBroadcast(
  clients: Pick<Clients, 'matchAll'>,
  takeSnapshot: () => Promise<CacheSnapshot>,
  now = (): number => performance.now(),
): PageBroadcast {
  const lastProgress = new Map<string, number>()
  let sending: Promise<void> = Promise.resolve()
  let isSnapshotDue = false

  function enqueue(makeEvent: () => Promise<CacheEvent> | CacheEvent): void {
    sending = sending
      .then(async () => {
        const event = await makeEvent()
        const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true })
        for (const page of pages) postEvent(page, event)
      })
      .catch(() => undefined)
  }

  return {
    send: (event) => enqueue(() => event),
    sendProgress(sha256, receivedBytes, totalBytes) {
      const isLast = receivedBytes === totalBytes
      if (!isLast && now() - (lastProgress.get(sha256) ?? -Infinity) < progressIntervalMs) return
      if (isLast) lastProgress.delete(sha256)
      else lastProgress.set(sha256, now())
      enqueue(() => ({ kind: 'progress', sha256, receivedBytes, totalBytes }))
    },
    sendSnapshot() {
      if (isSnapshotDue) return
      isSnapshotDue = true
      enqueue(async () => {
        isSnapshotDue = false
        return { kind: 'changed', snapshot: await takeSnapshot() }
      })
    },
    async settled() {
      let seen: Promise<void>
      do {
        seen = sending
        await seen
      } while (seen !== sending)
    },
  }
}

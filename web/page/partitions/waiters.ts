import { CacheNetError } from '../../../core/wire/errors.ts'

/** Waits, by id, for what somebody else finds out. */
export interface Waiters {
  /** Resolves at `release`. Rejects with `aborted`. One at a time for each id. */
  wait(signal: AbortSignal, id: string): Promise<void>
  release(id: string): void
}

export function createWaiters(): Waiters {
  const waiting = new Map<string, () => void>()
  return {
    release: (id) => waiting.get(id)?.(),
    wait: (signal, id) =>
      new Promise((resolve, reject) => {
        // Taken away again: a stream's signal lives as long as the stream.
        const end = (settle: () => void) => (): void => {
          waiting.delete(id)
          signal.removeEventListener('abort', callOff)
          settle()
        }
        const callOff = end(() => reject(new CacheNetError('aborted', 'It was called off.')))
        if (signal.aborted) {
          callOff()
          return
        }
        signal.addEventListener('abort', callOff, { once: true })
        waiting.set(id, end(resolve))
      }),
  }
}

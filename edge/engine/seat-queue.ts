import { CacheNetError } from '../../core/wire/errors.ts'
import type { EngineProcess } from './engine-process.ts'

/** A place for a process in the pool. */
export interface Seat {
  /** Undefined while the one before is being replaced. */
  process: EngineProcess | undefined
  /** Names of the bundles that it has loaded. */
  readonly loaded: Set<string>
}

interface Waiting {
  /** Any that has a process where none is named. */
  readonly seat: Seat | undefined
  readonly resolve: (seat: Seat) => void
  readonly reject: (reason: CacheNetError) => void
}

export interface SeatQueue {
  readonly seats: readonly Seat[]
  /**
   * Does something with a seat, alone, in the order of asking: with a certain one, or with any that has a
   * process. Throws `worker-crashed` where any is asked for and no seat has a process.
   */
  use<Result>(seat: Seat | undefined, work: (seat: Seat) => Promise<Result>): Promise<Result>
  /** A seat got or lost its process. */
  changed(): void
  /** Nobody waits any more. */
  close(reason: CacheNetError): void
}

/**
 * Shares the processes of a pool among those who need one. As many wait as there are batches under way, and
 * loads.
 */
export function createSeatQueue(count: number): SeatQueue {
  const seats = Array.from({ length: count }, (): Seat => ({ process: undefined, loaded: new Set() }))
  const busy = new Set<Seat>()
  let waiting: Waiting[] = []

  const fits = ({ seat }: Waiting): Seat | undefined =>
    seat === undefined
      ? seats.find((candidate) => !busy.has(candidate) && candidate.process?.isAlive === true)
      : busy.has(seat)
        ? undefined
        : seat

  const serve = (): void => {
    const isGone = seats.every(({ process }) => process?.isAlive !== true)
    waiting = waiting.filter((entry) => {
      const found = fits(entry)
      if (found !== undefined) {
        busy.add(found)
        entry.resolve(found)
      } else if (entry.seat === undefined && isGone) {
        entry.reject(
          new CacheNetError(
            'worker-crashed',
            'Inference is being started again. Send the frame once more in a moment.',
          ),
        )
      } else return true
      return false
    })
  }

  return {
    seats,
    async use(seat, work) {
      const taken = await new Promise<Seat>((resolve, reject) => {
        waiting.push({ seat, resolve, reject })
        serve()
      })
      try {
        return await work(taken)
      } finally {
        busy.delete(taken)
        serve()
      }
    },
    changed: serve,
    close(reason) {
      for (const { reject } of waiting) reject(reason)
      waiting = []
    },
  }
}

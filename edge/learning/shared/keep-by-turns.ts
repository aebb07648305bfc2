import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { KeeperLease } from './keeper-lease.ts'

/** What the keeper has open for as long as it is the keeper. */
export interface KeeperWork {
  close(): Promise<void>
}

export interface KeepByTurnsOptions<Work extends KeeperWork> {
  readonly lease: KeeperLease
  /** How often the lease is asked for, or renewed. */
  readonly everyMs: number
  /** Pause of an edge that could not open: another may do better. */
  readonly afterFailureMs: number
  readonly open: () => Promise<Work>
  readonly log: Logger
}

export interface KeepByTurns<Work> {
  /** What is open while this edge is the keeper. */
  readonly work: Work | undefined
  close(): Promise<void>
}

/** Becomes the keeper where nobody is, stays it as long as it can, and stops all work where it is lost. */
export function keepByTurns<Work extends KeeperWork>(options: KeepByTurnsOptions<Work>): KeepByTurns<Work> {
  const { lease, everyMs, afterFailureMs, open, log } = options
  const closing = new AbortController()
  let opening: Promise<Work | undefined> | undefined
  let work: Work | undefined
  let hasFailed = false

  const begin = (): void => {
    log.info('this edge keeps the places of all edges now')
    // Renewing goes on meanwhile: there may be much to read.
    opening = open().then(
      (opened) => (work = opened),
      (thrown: unknown) => {
        if (lease.isHeld()) log.error({ err: thrown }, 'this edge cannot keep the places: another has to')
        hasFailed = true
        return undefined
      },
    )
  }
  const end = async (): Promise<void> => {
    const opened = await opening
    work = opening = undefined
    await opened
      ?.close()
      .catch((thrown: unknown) => log.error({ err: thrown }, 'places were not closed well'))
    await lease.release()
  }
  const step = async (): Promise<void> => {
    if (opening === undefined) {
      if (await lease.take()) begin()
      return
    }
    // What goes wrong while Redis is away is made up for, or the lease runs out.
    await lease.renew().catch(() => undefined)
    if (lease.isHeld() && !hasFailed) return
    if (!hasFailed) log.warn('another edge keeps the places now, or Redis is away')
    await end()
    if (hasFailed) await pause(afterFailureMs, undefined, { signal: closing.signal })
    hasFailed = false
  }
  const turns = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      // Redis that is away is told of by its connection.
      await step().catch((thrown: unknown) =>
        log.debug({ code: CacheNetError.from(thrown).code }, 'no lease'),
      )
      await pause(everyMs, undefined, { signal: closing.signal }).catch(() => undefined)
    }
    if (opening !== undefined) await end()
  }
  const over = turns()

  return {
    get work() {
      return lease.isHeld() ? work : undefined
    },
    async close() {
      closing.abort()
      await over
    },
  }
}

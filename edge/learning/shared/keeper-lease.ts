import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { requireHeld, type Keepership } from '../keepership.ts'

/** The keepership as a lease in Redis, which runs out by itself where its holder is gone. */
export interface KeeperLease extends Keepership {
  /** Tries to get it; false where another edge has it. Rejects where Redis is away. */
  take(): Promise<boolean>
  /** Holds it for a whole lease from now on; false where it is lost. Rejects where Redis is away. */
  renew(): Promise<boolean>
  /** Gives it back, so that the next need not wait for its end. Never rejects. */
  release(): Promise<void>
}

/** Of the lease, by which this edge lets go before Redis does: clocks run alike, not quite the same. */
const marginShare = 0.1
const confirmPauseMs = 200

const renewScript = `if redis.call('get', KEYS[1]) == ARGV[1]
then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end`
const releaseScript = `if redis.call('get', KEYS[1]) == ARGV[1]
then return redis.call('del', KEYS[1]) else return 0 end`

/**
 * As Redis describes a lock of one instance: set where it is not there, with a random value and an end;
 * renewed and deleted only by whoever knows the value
 * (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/).
 */
export function createKeeperLease(
  redis: Pick<Redis, 'set' | 'eval'>,
  key: string,
  leaseMs: number,
): KeeperLease {
  // A new value with each taking: an answer that got lost must not be taken for this one's.
  let value = ''
  let heldUntilMs = -Infinity
  const holdFrom = (startedAt: number): void => {
    heldUntilMs = startedAt + leaseMs * (1 - marginShare)
  }
  // Of a clock that nobody sets.
  const isHeld = (): boolean => performance.now() < heldUntilMs

  const renew = async (): Promise<boolean> => {
    const startedAt = performance.now()
    if (!isHeld()) return false
    const isRenewed = (await redis.eval(renewScript, 1, key, value, leaseMs)) === 1
    if (isRenewed) holdFrom(startedAt)
    else heldUntilMs = -Infinity
    return isRenewed
  }

  return {
    isHeld,
    renew,
    async take() {
      const startedAt = performance.now()
      value = randomUUID()
      if ((await redis.set(key, value, 'PX', leaseMs, 'NX')) !== 'OK') return false
      holdFrom(startedAt)
      return isHeld()
    },
    async confirm() {
      // While Redis is away it may come back before the lease has run out.
      while (isHeld()) {
        const isRenewed = await renew().catch(() => undefined)
        if (isRenewed === true) return
        if (isRenewed === undefined) await new Promise((resolve) => setTimeout(resolve, confirmPauseMs))
      }
      requireHeld({ isHeld: () => false })
    },
    async release() {
      heldUntilMs = -Infinity
      await redis.eval(releaseScript, 1, key, value).catch(() => undefined)
    },
  }
}

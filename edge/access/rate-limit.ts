import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { CacheNetError } from '../../core/wire/errors.ts'
import { clientAddress } from './client-address.ts'

/** A client that was quiet may burst; over this long it keeps to its rate. */
const windowSeconds = 10

/** Counts what each client asks for. */
export interface RateLimiter {
  /**
   * One request more from an address. Rejects with `rate-limited` where that is too many, with when to come
   * again.
   */
  consume(address: string): Promise<void>
}

/** @param requestsPerSecond for each client */
export function createRateLimiter(requestsPerSecond: number): RateLimiter {
  const limiter = new RateLimiterMemory({
    points: Math.ceil(requestsPerSecond * windowSeconds),
    duration: windowSeconds,
  })
  return {
    async consume(address) {
      try {
        await limiter.consume(address)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
        throw new CacheNetError(
          'rate-limited',
          `Too many requests from one place; this edge takes ${requestsPerSecond} a second. Slow down.`,
          { requestsPerSecond, retryAfterSeconds },
        )
      }
    },
  }
}

/** Refuses a client that asks too often. */
export function rateLimit(limiter: RateLimiter, trustedProxies: number): MiddlewareHandler {
  return async (c, next) => {
    await limiter.consume(clientAddress(c, trustedProxies))
    await next()
  }
}

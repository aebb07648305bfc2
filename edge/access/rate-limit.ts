import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { CacheNetError } from '../../core/wire/errors.ts'
import { clientAddress } from './client-address.ts'

/** A client that was quiet may burst; over this long it keeps to its rate. */
const windowSeconds = 10

export interface RateLimitOptions {
  /** For each client. */
  readonly requestsPerSecond: number
  readonly trustedProxies: number
}

/** Refuses a client that asks too often with `rate-limited`, and says when to come again. */
export function rateLimit({ requestsPerSecond, trustedProxies }: RateLimitOptions): MiddlewareHandler {
  const limiter = new RateLimiterMemory({ points: Math.ceil(requestsPerSecond * windowSeconds), duration: windowSeconds })
  return async (c, next) => {
    try {
      await limiter.consume(clientAddress(c, trustedProxies))
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new CacheNetError('rate-limited', `Too many requests from one place; this edge takes ${requestsPerSecond} a second. Slow down.`, { requestsPerSecond, retryAfterSeconds })
    }
    await next()
  }
}

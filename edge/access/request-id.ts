import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'

export const idHeader = 'X-Request-Id'
const acceptable = /^[A-Za-z0-9._-]{1,64}$/

/** A request's name: the one that a trusted proxy gave, or a new one. */
export const requestIdFrom = (given: string | undefined, trustedProxies: number): string =>
  trustedProxies > 0 && given !== undefined && acceptable.test(given) ? given : randomUUID()

/** Gives every request a name, for the log and the answer. */
export function nameRequests(trustedProxies: number): MiddlewareHandler {
  return async (c, next) => {
    const id = requestIdFrom(c.req.header(idHeader), trustedProxies)
    c.set('requestId', id)
    c.header(idHeader, id)
    await next()
  }
}

/** The name of a request; undefined before `nameRequests`. */
export const requestIdOf = (c: Context): string | undefined =>
  (c as Context<{ Variables: { requestId?: string } }>).get('requestId')

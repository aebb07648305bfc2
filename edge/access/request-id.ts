import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'

const idHeader = 'X-Request-Id'
const acceptable = /^[A-Za-z0-9._-]{1,64}$/

/** Gives every request a name, for the log and the answer. A name that a trusted proxy gave is kept. */
export function nameRequests(trustedProxies: number): MiddlewareHandler {
  return async (c, next) => {
    const given = trustedProxies > 0 ? c.req.header(idHeader) : undefined
    const id = given !== undefined && acceptable.test(given) ? given : randomUUID()
    c.set('requestId', id)
    c.header(idHeader, id)
    await next()
  }
}

/** The name of a request; undefined before `nameRequests`. */
export const requestIdOf = (c: Context): string | undefined => (c as Context<{ Variables: { requestId?: string } }>).get('requestId')

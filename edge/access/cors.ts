import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { auditHeader, hitsHeader, holdsHeader, manifestHeader } from '../../core/wire/frames.ts'
import { checkedHeader, learnHeader } from '../../core/wire/places.ts'

/** Lets pages of the listed origins use the API; nobody else's script gets to read an answer. */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const listed = cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      auditHeader,
      checkedHeader,
      hitsHeader,
      holdsHeader,
      learnHeader,
      manifestHeader,
    ],
    exposeHeaders: ['ETag', 'Retry-After', 'X-Request-Id', manifestHeader],
    maxAge: 3600,
  })
  return async (c, next) => {
    // Whoever asks: a cache between must not give one origin the answer to another, or to none.
    c.header('Vary', 'Origin')
    const origin = c.req.header('Origin')
    if (origin === undefined || !origins.includes(origin)) return next()
    const answered = await listed(c, next)
    // The page of another origin that isolates itself may load only what says that it is meant for others.
    c.res.headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
    return answered
  }
}

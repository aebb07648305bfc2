import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { CacheNetError, type ErrorCode } from '../../core/wire/errors.ts'
import { requestIdOf } from '../access/request-id.ts'
import type { EdgeDeps } from '../deps.ts'

const worthRetrying: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['edge-overloaded', 'edge-stopping', 'worker-crashed'])

/** What is not ours may say anything, paths and all: it goes into the log, and the sender hears only that it happened. */
function forSender(thrown: unknown): CacheNetError {
  if (thrown instanceof CacheNetError && thrown.code !== 'internal') return thrown
  return new CacheNetError('internal', 'Something went wrong at the edge. Nothing was stored; send the request again, or look into the log of the edge.')
}

/** Answers anything thrown with the body and status of its code. What is the edge's own fault is logged as an error. */
export function errorResponse(c: Context, thrown: unknown, { log, metrics }: Pick<EdgeDeps, 'log' | 'metrics'>): Response {
  const error = forSender(thrown)
  const request = { method: c.req.method, path: c.req.path, code: error.code, requestId: requestIdOf(c) }
  metrics.refusal(error.code)
  if (worthRetrying.has(error.code)) log.warn(request, error.message)
  else if (error.status >= 500) log.error({ ...request, err: thrown }, error.message)
  else log.debug({ ...request, details: error.details }, error.message)
  c.header('Cache-Control', 'no-store')
  const retryAfter = worthRetrying.has(error.code) ? 1 : error.details['retryAfterSeconds']
  if (typeof retryAfter === 'number') c.header('Retry-After', String(retryAfter))
  return c.json(error.toBody(), error.status as ContentfulStatusCode)
}

/** Answers a request that no route takes: `route-unknown`. */
export function unknownRoute(c: Context): never {
  throw new CacheNetError('route-unknown', `The edge has nothing at ${c.req.method} ${c.req.path}.`, { method: c.req.method, path: c.req.path })
}

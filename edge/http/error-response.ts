import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Logger } from 'pino'
import { CacheNetError, type ErrorCode } from '../../core/wire/errors.ts'
import { requestIdOf } from '../access/request-id.ts'
import type { EdgeDeps } from '../deps.ts'
import { createSampler } from '../log/sampler.ts'

const worthRetrying: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'edge-overloaded',
  'edge-stopping',
  'learning-away',
  'worker-crashed',
])

/**
 * What is not ours may say anything, paths and all: it goes into the log, and the sender hears only that it
 * happened.
 */
function forSender(thrown: unknown): CacheNetError {
  if (thrown instanceof CacheNetError && thrown.code !== 'internal') return thrown
  return new CacheNetError(
    'internal',
    'Something went wrong at the edge. Nothing was stored; send the request again, or look into the log of the edge.',
  )
}

/** What somebody can cause as often as they like must not fill the log. */
const createRefusalLog = (
  log: Logger,
): ((
  isFault: boolean,
  facts: { readonly code: ErrorCode } & Record<string, unknown>,
  message: string,
) => void) => {
  const sampler = createSampler()
  return (isFault, facts, message) => {
    const passedOver = sampler.sample(facts.code)
    if (passedOver === undefined) return
    const entry = passedOver > 0 ? { ...facts, passedOver } : facts
    if (isFault) log.error(entry, message)
    else log.warn(entry, message)
  }
}
const refusalLogs = new WeakMap<Logger, ReturnType<typeof createRefusalLog>>()
function refusalLogOf(log: Logger): ReturnType<typeof createRefusalLog> {
  const known = refusalLogs.get(log) ?? createRefusalLog(log)
  refusalLogs.set(log, known)
  return known
}

/**
 * Answers anything thrown with the body and status of its code. What is the edge's own fault is logged as an
 * error.
 */
export function errorResponse(
  c: Context,
  thrown: unknown,
  { log, metrics }: Pick<EdgeDeps, 'log' | 'metrics'>,
): Response {
  const error = forSender(thrown)
  const request = { method: c.req.method, path: c.req.path, code: error.code, requestId: requestIdOf(c) }
  metrics.refusal(error.code)
  if (worthRetrying.has(error.code)) refusalLogOf(log)(false, request, error.message)
  else if (error.status >= 500) refusalLogOf(log)(true, { ...request, err: thrown }, error.message)
  else log.debug({ ...request, details: error.details }, error.message)
  c.header('Cache-Control', 'no-store')
  const retryAfter = worthRetrying.has(error.code) ? 1 : error.details['retryAfterSeconds']
  if (typeof retryAfter === 'number') c.header('Retry-After', String(retryAfter))
  return c.json(error.toBody(), error.status as ContentfulStatusCode)
}

/** Answers a request that no route takes: `route-unknown`. */
export function unknownRoute(c: Context): never {
  throw new CacheNetError('route-unknown', `The edge has nothing at ${c.req.method} ${c.req.path}.`, {
    method: c.req.method,
    path: c.req.path,
  })
}

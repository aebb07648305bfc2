import { Hono, type MiddlewareHandler } from 'hono'
import { allowOrigins } from './access/cors.ts'
import { requireKnownHost } from './access/host.ts'
import { rateLimit } from './access/rate-limit.ts'
import { nameRequests, requestIdOf } from './access/request-id.ts'
import { requireToken } from './access/token.ts'
import type { EdgeDeps } from './deps.ts'
import { errorResponse, unknownRoute } from './http/error-response.ts'
import { withSecurityHeaders } from './http/security-headers.ts'
import { routeName } from './metrics/route-name.ts'
import { authorityRoutes } from './routes/authority.ts'
import { blobRoutes } from './routes/blobs.ts'
import { bundleRoutes } from './routes/bundles.ts'
import { frameRoutes } from './routes/frames.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { openapiRoutes } from './routes/openapi.ts'
import { pageRoutes } from './routes/page.ts'
import { placeRoutes } from './routes/places.ts'
import { sessionRoutes } from './routes/session.ts'

/** Tells the log, the metrics and the observer of every answered request. */
function observed({ log, metrics, onRequest, isStopping }: EdgeDeps): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now()
    await next()
    // Otherwise a connection that is kept alive would keep a stopping edge waiting.
    if (isStopping?.() === true) c.res.headers.set('Connection', 'close')
    const entry = {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      elapsedMs: performance.now() - startedAt,
    }
    if (log.isLevelEnabled('debug')) log.debug({ ...entry, requestId: requestIdOf(c) }, 'answered')
    metrics.request({ ...entry, route: routeName(entry.path) })
    onRequest?.(entry)
  }
}

/**
 * Who may ask what. Health is for everybody, and so is the page: it is how a person comes to show a token.
 */
function guards({ access = {}, limiter }: EdgeDeps): MiddlewareHandler[] {
  const { token, corsOrigins = [], trustedProxies = 0, hosts = [] } = access
  return [
    ...(token === undefined ? [requireKnownHost(hosts)] : []),
    ...(corsOrigins.length === 0 ? [] : [allowOrigins(corsOrigins)]),
    ...(limiter === undefined ? [] : [rateLimit(limiter, trustedProxies)]),
    ...(token === undefined ? [] : [requireToken(token)]),
  ]
}

/** The edge as a value: it listens to nothing, and answers `app.request()` as it answers the network. */
export function createApp(deps: EdgeDeps): Hono {
  const app = new Hono()
  app.onError((thrown, c) => errorResponse(c, thrown, deps))
  app.notFound(unknownRoute)
  app.use(
    nameRequests(deps.access?.trustedProxies ?? 0),
    observed(deps),
    withSecurityHeaders(deps.access?.trustedProxies ?? 0),
  )
  for (const guard of guards(deps)) {
    app.use('/api/*', guard)
    app.use('/metrics', guard)
  }
  app.route('/', healthRoutes(deps))
  app.route('/', metricsRoutes(deps))
  app.route('/', bundleRoutes(deps))
  app.route('/', blobRoutes(deps))
  app.route('/', frameRoutes(deps))
  app.route('/', placeRoutes(deps))
  app.route('/', sessionRoutes(deps))
  app.route('/', openapiRoutes())
  app.all('/api/*', unknownRoute)
  app.route('/', authorityRoutes(deps))
  app.route('/', pageRoutes(deps))
  return app
}

import { Hono, type MiddlewareHandler } from 'hono'
import type { EdgeDeps } from './deps.ts'
import { errorResponse, unknownRoute } from './http/error-response.ts'
import { withSecurityHeaders } from './http/security-headers.ts'
import { blobRoutes } from './routes/blobs.ts'
import { bundleRoutes } from './routes/bundles.ts'
import { frameRoutes } from './routes/frames.ts'
import { healthRoutes } from './routes/health.ts'
import { pageRoutes } from './routes/page.ts'

/** Tells the log and the observer of every answered request. */
function observed({ log, onRequest, isStopping }: EdgeDeps): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now()
    await next()
    // Otherwise a connection that is kept alive would keep a stopping edge waiting.
    if (isStopping?.() === true) c.res.headers.set('Connection', 'close')
    const entry = { method: c.req.method, path: c.req.path, status: c.res.status, elapsedMs: performance.now() - startedAt }
    log.debug(entry, 'answered')
    onRequest?.(entry)
  }
}

/** The edge as a value: it listens to nothing, and answers `app.request()` as it answers the network. */
export function createApp(deps: EdgeDeps): Hono {
  const app = new Hono()
  app.onError((thrown, c) => errorResponse(c, thrown, deps.log))
  app.notFound(unknownRoute)
  app.use(observed(deps), withSecurityHeaders)
  app.route('/', healthRoutes(deps))
  app.route('/', bundleRoutes(deps))
  app.route('/', blobRoutes(deps))
  app.route('/', frameRoutes(deps))
  app.all('/api/*', unknownRoute)
  app.route('/', pageRoutes(deps))
  return app
}

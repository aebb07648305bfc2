import { Hono } from 'hono'
import type { EdgeDeps } from '../deps.ts'

/** `/metrics`, for Prometheus. */
export function metricsRoutes({ metrics }: Pick<EdgeDeps, 'metrics'>): Hono {
  const app = new Hono()
  app.get('/metrics', async (c) =>
    c.body(await metrics.registry.metrics(), 200, {
      'Content-Type': metrics.registry.contentType,
      'Cache-Control': 'no-store',
    }),
  )
  return app
}

import { Hono } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EdgeDeps } from '../deps.ts'

/** `/healthz`: the process is alive. `/readyz`: it can answer frames, with what and for which bundles; 503 where it cannot. */
export function healthRoutes({ bundles: store, inference, isDraining, isStopping }: Pick<EdgeDeps, 'bundles' | 'inference' | 'isDraining' | 'isStopping'>): Hono {
  const app = new Hono()
  const fresh = { 'Cache-Control': 'no-store' }

  app.get('/healthz', (c) => c.json({ status: 'alive' }, 200, fresh))

  app.get('/readyz', (c) => {
    if (isDraining?.() === true || isStopping?.() === true) throw new CacheNetError('edge-stopping', 'The edge is being shut down.')
    if (!inference.isReady) throw new CacheNetError('worker-crashed', 'Inference is being started again.')
    return c.json(
      {
        status: 'ready',
        engine: inference.engineName,
        defaultBundle: store.defaultBundle,
        bundles: store.bundles.map(({ manifest }) => manifest.id),
      },
      200,
      fresh,
    )
  })

  return app
}

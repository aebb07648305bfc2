import { Hono } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EdgeDeps } from '../deps.ts'
import { createReadiness } from '../inference/readiness.ts'

/**
 * `/healthz`: the process is alive. `/readyz`: a frame of every bundle is answered, with what and for which;
 * 503 where it is not.
 */
export function healthRoutes({
  bundles: store,
  inference,
  isDraining,
  isStopping,
}: Pick<EdgeDeps, 'bundles' | 'inference' | 'isDraining' | 'isStopping'>): Hono {
  const readiness = createReadiness(inference, store)
  const app = new Hono()
  const fresh = { 'Cache-Control': 'no-store' }

  app.get('/healthz', (c) => c.json({ status: 'alive' }, 200, fresh))

  app.get('/readyz', async (c) => {
    if (isDraining?.() === true || isStopping?.() === true)
      throw new CacheNetError('edge-stopping', 'The edge is being shut down.')
    if (!inference.isReady) throw new CacheNetError('worker-crashed', 'Inference is being started again.')
    await readiness.check()
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

import { Hono } from 'hono'
import { apiPaths, type BundleList } from '../../core/wire/frames.ts'
import type { EdgeDeps } from '../deps.ts'
import { bytesOfDevice } from '../bundles/bytes-of-device.ts'
import { matchesEtag } from '../http/etag.ts'

/**
 * The list of bundles, and their manifests: asked for again each time (`no-cache`), sent again only when they
 * changed.
 */
export function bundleRoutes({ bundles: store, learning }: Pick<EdgeDeps, 'bundles' | 'learning'>): Hono {
  const app = new Hono()

  app.get(apiPaths.bundles, (c) => {
    const list: BundleList = {
      defaultBundle: store.defaultBundle,
      bundles: store.bundles.map(({ manifest }) => ({
        id: manifest.id,
        description: manifest.dataset.description,
        classes: manifest.classNames.length,
        partitions: manifest.partitions.length,
        bytes: bytesOfDevice(manifest),
        ...(learning?.learns(manifest.id) === true ? { learns: true } : {}),
      })),
    }
    return c.json(list, 200, { 'Cache-Control': 'no-cache' })
  })

  app.get(apiPaths.manifest(':bundleId'), (c) => {
    const { manifestBytes, manifestEtag } = store.get(c.req.param('bundleId') ?? '')
    c.header('ETag', manifestEtag)
    c.header('Cache-Control', 'no-cache')
    if (matchesEtag(c.req.header('If-None-Match'), manifestEtag)) return c.body(null, 304)
    return c.body(manifestBytes, 200, {
      'Content-Type': 'application/json',
      'Content-Length': String(manifestBytes.byteLength),
    })
  })

  return app
}

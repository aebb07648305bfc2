import { Hono } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths, parseBlobPath } from '../../core/wire/frames.ts'
import type { EdgeDeps } from '../deps.ts'
import { blobHeaders, blobType } from '../http/blob-headers.ts'
import { matchesEtag } from '../http/etag.ts'

/**
 * Blobs, to whoever may have them. Plain downloads over a socket are answered before the app is asked
 * (`http/fast-blobs.ts`).
 */
export function blobRoutes({ bundles: store, access }: Pick<EdgeDeps, 'bundles' | 'access'>): Hono {
  const app = new Hono()
  app.get(apiPaths.blob(':bundleId', ':sha256'), (c) => {
    const names = parseBlobPath(c.req.path)
    if (names === undefined)
      throw new CacheNetError(
        'blob-unknown',
        'That is not the name of a blob: 64 hexadecimal digits and .bin.',
        { path: c.req.path },
      )
    const bytes = store.blob(names.bundleId, names.sha256)
    const headers = blobHeaders(names.sha256, access?.token !== undefined)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (matchesEtag(c.req.header('If-None-Match'), headers.ETag)) return c.body(null, 304)
    c.header('Content-Type', blobType)
    c.header('Content-Length', String(bytes.byteLength))
    return c.req.method === 'HEAD' ? c.body(null) : c.body(bytes)
  })
  return app
}

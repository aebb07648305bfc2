import { Hono } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths, parseBlobPath } from '../../core/wire/frames.ts'
import type { EdgeDeps } from '../deps.ts'
import { matchesEtag } from '../http/etag.ts'

/**
 * Blobs. A blob's name is its hash: it never changes, so that any cache may keep it for ever, and the hash is its ETag.
 * `no-transform` keeps proxies from compressing it: a phone counts its bytes against the manifest.
 */
export function blobRoutes({ bundles: store, access }: Pick<EdgeDeps, 'bundles' | 'access'>): Hono {
  // What is behind a token must not lie in caches that others share.
  const scope = access?.token === undefined ? 'public' : 'private'
  const cacheControl = `${scope}, max-age=31536000, immutable, no-transform`

  const app = new Hono()
  app.get(apiPaths.blob(':bundleId', ':sha256'), (c) => {
    const names = parseBlobPath(c.req.path)
    if (names === undefined) throw new CacheNetError('blob-unknown', 'That is not the name of a blob: 64 hexadecimal digits and .bin.', { path: c.req.path })
    const bytes = store.get(names.bundleId).blob(names.sha256)
    const etag = `"${names.sha256}"`
    c.header('ETag', etag)
    c.header('Cache-Control', cacheControl)
    if (matchesEtag(c.req.header('If-None-Match'), etag)) return c.body(null, 304)
    c.header('Content-Type', 'application/octet-stream')
    c.header('Content-Length', String(bytes.byteLength))
    return c.req.method === 'HEAD' ? c.body(null) : c.body(bytes)
  })
  return app
}

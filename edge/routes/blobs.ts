import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths, parseBlobPath } from '../../core/wire/frames.ts'
import type { EdgeDeps } from '../deps.ts'
import { matchesEtag } from '../http/etag.ts'

/**
 * Blobs, streamed from disk. A blob's name is its hash: it never changes, so that any cache may keep it for ever, and the
 * hash is its ETag. `no-transform` keeps proxies from compressing it: a phone counts its bytes against the manifest.
 */
export function blobRoutes({ bundles: store }: Pick<EdgeDeps, 'bundles'>): Hono {
  const app = new Hono()

  app.get(apiPaths.blob(':bundleId', ':sha256'), async (c) => {
    const names = parseBlobPath(c.req.path)
    if (names === undefined) throw new CacheNetError('blob-unknown', 'That is not the name of a blob: 64 hexadecimal digits and .bin.', { path: c.req.path })
    const { file, bytes } = await store.get(names.bundleId).openBlob(names.sha256)
    const etag = `"${names.sha256}"`
    c.header('ETag', etag)
    c.header('Cache-Control', 'public, max-age=31536000, immutable, no-transform')
    if (matchesEtag(c.req.header('If-None-Match'), etag)) {
      await file.close()
      return c.body(null, 304)
    }
    c.header('Content-Type', 'application/octet-stream')
    c.header('Content-Length', String(bytes))
    if (c.req.method === 'HEAD') {
      await file.close()
      return c.body(null)
    }
    // The stream closes the file at its end, and also when the receiver goes away.
    return c.body(Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>)
  })

  return app
}

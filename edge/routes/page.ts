import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { parseAccept } from 'hono/utils/accept'
import type { EdgeDeps } from '../deps.ts'
import { matchesEtag } from '../http/etag.ts'
import { createPageFiles } from '../http/page-files.ts'

/** Vite puts a hash into the name of everything here. */
const hashedAssets = '/assets/'

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CacheNet: the page is not built yet</title>
<h1>The page is not built yet</h1>
<p>The edge is running, and its API answers; only the page is missing. Build it and load this again:</p>
<pre>npm run build</pre>
</html>
`

const isPage = (path: string): boolean => path === '/' || path === '/index.html'

const readsGzip = (header: string | undefined): boolean =>
  header !== undefined && parseAccept(header).some(({ type, q }) => ['gzip', '*'].includes(type) && q > 0)

/**
 * The built page. Scripts, styles and WebAssembly are compressed: the runtime alone is megabytes on a slow
 * link. Everything but hashed assets is asked for again each time, and answered with 304 where it did not
 * change.
 * A file that is not there is never answered with the page: stored as a script or as weights it would break
 * the app for good.
 */
export function pageRoutes({ pageFolder }: Pick<EdgeDeps, 'pageFolder'>): Hono {
  const app = new Hono()
  const files = createPageFiles(pageFolder)

  app.get('*', async (c, next) => {
    const file = await files(c.req.path)
    if (file === undefined) {
      // Looked for until it is there, so that a build needs no new start of the edge.
      if (isPage(c.req.path) && !existsSync(join(pageFolder, 'index.html')))
        return c.html(notBuilt, 503, { 'Cache-Control': 'no-store', 'Retry-After': '10' })
      return next()
    }
    const { type, bytes, gzipped, etag } = file
    c.header(
      'Cache-Control',
      c.req.path.startsWith(hashedAssets) ? 'public, max-age=31536000, immutable' : 'no-cache',
    )
    c.header('ETag', etag)
    if (gzipped !== undefined) c.header('Vary', 'Accept-Encoding')
    if (matchesEtag(c.req.header('If-None-Match'), etag.slice(2))) return c.body(null, 304)
    const isPacked = gzipped !== undefined && readsGzip(c.req.header('Accept-Encoding'))
    const body = isPacked ? gzipped : bytes
    c.header('Content-Type', type)
    c.header('Content-Length', String(body.byteLength))
    if (isPacked) c.header('Content-Encoding', 'gzip')
    return c.req.method === 'HEAD' ? c.body(null) : c.body(body)
  })

  return app
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import type { EdgeDeps } from '../deps.ts'

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

/** Everything but hashed assets is asked for again each time, and answered with 304 where it did not change. */
const cacheControl: MiddlewareHandler = async (c, next) => {
  await next()
  if (!c.res.ok && c.res.status !== 304) return
  const isHashed = c.req.path.startsWith(hashedAssets)
  c.res.headers.set('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
}

/**
 * The built page. Scripts, styles and WebAssembly are compressed on the way: the runtime alone is megabytes on a slow link.
 * A file that is not there is never answered with the page: stored as a script or as weights it would break the app for good.
 */
export function pageRoutes({ pageFolder }: Pick<EdgeDeps, 'pageFolder'>): Hono {
  const app = new Hono()
  let files: MiddlewareHandler | undefined

  app.use(cacheControl, compress())
  app.use(async (c, next) => (c.req.path.startsWith(hashedAssets) ? next() : tag(c, next)))
  app.get('*', (c, next) => {
    // Looked for until it is there, so that a build needs no new start of the edge.
    if (files === undefined && existsSync(join(pageFolder, 'index.html'))) files = serveStatic({ root: pageFolder })
    if (files !== undefined) return files(c, next)
    return isPage(c.req.path) ? Promise.resolve(c.html(notBuilt, 503, { 'Cache-Control': 'no-store' })) : next()
  })

  return app
}

const tag = etag()

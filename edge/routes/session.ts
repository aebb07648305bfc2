import { Hono } from 'hono'
import { apiPaths } from '../../core/wire/frames.ts'
import { isSecure } from '../access/client-address.ts'
import { setSession } from '../access/token.ts'
import type { EdgeDeps } from '../deps.ts'

/**
 * Trades the access token, which has been checked by now, for a cookie: the service worker's downloads then
 * carry it too.
 */
export function sessionRoutes({ access }: Pick<EdgeDeps, 'access'>): Hono {
  const app = new Hono()
  app.post(apiPaths.session, (c) => {
    if (access?.token !== undefined) setSession(c, access.token, isSecure(c, access.trustedProxies ?? 0))
    return c.body(null, 204, { 'Cache-Control': 'no-store' })
  })
  return app
}

import { Hono } from 'hono'
import type { EdgeDeps } from '../deps.ts'

/**
 * Where a phone gets the certificate of the edge's own authority. It is public: what is secret about it never
 * leaves the disk.
 */
export const authorityPath = '/cachenet-ca.crt'

export function authorityRoutes({ authority }: Pick<EdgeDeps, 'authority'>): Hono {
  const app = new Hono()
  if (authority === undefined) return app
  const headers = {
    'Content-Type': 'application/x-x509-ca-cert',
    'Content-Disposition': 'attachment; filename="cachenet-ca.crt"',
    'Cache-Control': 'no-store',
  }
  app.get(authorityPath, (c) => c.body(authority, 200, headers))
  return app
}

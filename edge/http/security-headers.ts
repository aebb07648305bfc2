import { isIP } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import { isSecure } from '../access/client-address.ts'

/** `wasm-unsafe-eval` compiles WebAssembly and nothing else; without it there is no inference in the page. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * On every response, worker scripts and errors too: one that lacks them breaks the isolation of the page that
 * loads it.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(self)',
}

const halfAYear = 'max-age=15552000'

/** Of the local network nobody owns a name: another machine may have it tomorrow, and speak http. */
const isPublicName = (name: string): boolean =>
  name.includes('.') &&
  isIP(name.replace(/^\[|\]$/g, '')) === 0 &&
  !/\.(localhost|local|lan|internal|home\.arpa)$/.test(name)

/**
 * Sets `securityHeaders` on whatever the handlers behind it answer. Before they do: a response that is taken
 * apart afterwards to add to it leaves the server's fast path, which costs a blob a third of its speed.
 */
export const withSecurityHeaders =
  (trustedProxies: number): MiddlewareHandler =>
  async (c, next) => {
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value)
    if (isSecure(c, trustedProxies) && isPublicName(new URL(c.req.url).hostname))
      c.header('Strict-Transport-Security', halfAYear)
    await next()
  }

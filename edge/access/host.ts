import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { MiddlewareHandler } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'

/**
 * Names that nobody on the internet can point at an address of their choice: a network's own (RFC 6761, RFC
 * 6762, RFC 8375, and `internal` as ICANN reserved it), what home routers use, and Tailscale's, whose
 * addresses Tailscale gives.
 */
const privateSuffixes = ['localhost', 'local', 'lan', 'internal', 'home.arpa', 'test', 'ts.net']

/** `[::1]:8787` → `::1`, `Edge.local.:80` → `edge.local`. */
const nameOf = (host: string): string =>
  host
    .trim()
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

/**
 * Whether a request's Host is one under which an edge may be asked that asks for no token. Somebody's page
 * can point its own name at a private address and then read what answers there, as if it were its own server
 * (DNS rebinding); its requests carry that name.
 *
 * @param hosts further names, as `--hosts` gives them
 */
export function isKnownHost(host: string | undefined, hosts: readonly string[]): boolean {
  // Only what is no browser leaves it out.
  if (host === undefined || host.trim() === '') return true
  const name = nameOf(host)
  if (isIP(name.split('%')[0] ?? '') !== 0) return true
  if (!name.includes('.') || name === hostname().toLowerCase()) return true
  return (
    privateSuffixes.some((suffix) => name.endsWith(`.${suffix}`)) ||
    hosts.some((known) => nameOf(known) === name)
  )
}

/** Refuses requests under names that are not the edge's. Throws `host-unknown`. */
export function requireKnownHost(hosts: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    if (!isKnownHost(c.req.header('Host') ?? new URL(c.req.url).host, hosts)) {
      throw new CacheNetError(
        'host-unknown',
        'This edge does not answer under that name. If the name is yours, start the edge with --hosts and the name, or with a token.',
      )
    }
    await next()
  }
}

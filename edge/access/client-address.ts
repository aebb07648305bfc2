import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/** An IPv6 network usually has 2^64 addresses, all of one household. */
const networkOf = (address: string): string => (address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address)

function socketAddress(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address
  } catch {
    // No socket: the app is called as a value.
    return undefined
  }
}

/**
 * Whom a request comes from, by its `X-Forwarded-For` and its socket. `X-Forwarded-For` counts only as far as proxies of our own wrote it, each adding one entry at the
 * end; whatever stands before was written by the client, who may write what it likes.
 *
 * @param trustedProxies how many proxies of our own a request passes
 */
export function addressOf(forwardedFor: string | undefined, socketAddress: string | undefined, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? (forwardedFor ?? '').split(',').map((entry) => entry.trim()) : []
  return networkOf(forwarded.at(-trustedProxies) || (socketAddress ?? 'unknown'))
}

/** As `addressOf`, of a request that the app has. */
export const clientAddress = (c: Context, trustedProxies: number): string => addressOf(c.req.header('X-Forwarded-For'), socketAddress(c), trustedProxies)

/** Whether the client's side of the connection is encrypted. */
export function isSecure(c: Context, trustedProxies: number): boolean {
  const forwarded = trustedProxies > 0 ? c.req.header('X-Forwarded-Proto') : undefined
  return (forwarded ?? new URL(c.req.url).protocol.replace(':', '')) === 'https'
}

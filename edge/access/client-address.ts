import { isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/** The eight groups of an IPv6 address, however it is written. */
function groupsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const [, front = '', ...bytes] = dotted ?? []
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number)
  const plain =
    dotted === null ? address : `${front}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  const [head = '', tail] = plain.split('::')
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16))
  const [before, behind] = [parse(head), parse(tail ?? '')]
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - behind.length)).fill(0), ...behind]
}

/** `[2001:db8::1]:443` → `2001:db8::1`, `10.0.0.1:80` → `10.0.0.1`, `fe80::1%eth0` → `fe80::1`. */
function bareAddress(text: string): string {
  const [, inBrackets, withPort] = /^(?:\[(.+)\](?::\d+)?|([^:]+):\d+)$/.exec(text) ?? []
  return (inBrackets ?? withPort ?? text).replace(/%.*$/, '')
}

/**
 * Whom an address belongs to. An IPv6 network usually has 2^64 addresses, all of one household; an IPv4
 * address has one, however it is written.
 */
function networkOf(text: string): string {
  const address = bareAddress(text)
  if (isIP(address) !== 6) return address
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups.slice(6)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}

function socketAddress(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address
  } catch {
    // No socket: the app is called as a value.
    return undefined
  }
}

/**
 * Whom a request comes from, by its `X-Forwarded-For` and its socket. `X-Forwarded-For` counts only as far as
 * proxies of our own wrote it, each adding one entry at the end; whatever stands before was written by the
 * client, who may write what it likes.
 *
 * @param trustedProxies how many proxies of our own a request passes
 */
export function addressOf(
  forwardedFor: string | undefined,
  socketAddress: string | undefined,
  trustedProxies: number,
): string {
  const forwarded = trustedProxies > 0 ? (forwardedFor ?? '').split(',').map((entry) => entry.trim()) : []
  return networkOf(forwarded.at(-trustedProxies) || (socketAddress ?? 'unknown'))
}

/** As `addressOf`, of a request that the app has. */
export const clientAddress = (c: Context, trustedProxies: number): string =>
  addressOf(c.req.header('X-Forwarded-For'), socketAddress(c), trustedProxies)

/** Whether the client's side of the connection is encrypted. */
export function isSecure(c: Context, trustedProxies: number): boolean {
  // Each proxy adds its own at the end, as with `X-Forwarded-For`; most write one and nothing else.
  const entries =
    trustedProxies > 0
      ? (c.req.header('X-Forwarded-Proto') ?? '').split(',').map((entry) => entry.trim())
      : []
  const forwarded = entries.at(-trustedProxies) || entries[0]
  return (forwarded || new URL(c.req.url).protocol.replace(':', '')).toLowerCase() === 'https'
}

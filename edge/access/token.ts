import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Context } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'

const cookieName = 'cachenet-session'
/** Over https: a browser takes it only with `Secure`, and from this host alone. */
const secureCookieName = `__Host-${cookieName}`
const halfAYearSeconds = 180 * 24 * 3600

/** Of equal length whatever goes in, so that the comparison says nothing, not even how long the secret is. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const isSame = (found: string, expected: string): boolean => timingSafeEqual(digest(found), digest(expected))

/**
 * What a session's cookie holds: follows from the token, so that any number of edges with one token know it.
 */
const sessionOf = (token: string): string =>
  createHmac('sha256', token).update('cachenet session 1').digest('base64url')

const bearerOf = (header: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1]

/** Lets through who shows the token, as a bearer or by the cookie of a session. Throws `unauthorized`. */
export function requireToken(token: string): MiddlewareHandler {
  const session = sessionOf(token)
  return async (c, next) => {
    const bearer = bearerOf(c.req.header('Authorization'))
    const cookie =
      bearer === undefined ? (getCookie(c, secureCookieName) ?? getCookie(c, cookieName)) : undefined
    const isKnown =
      bearer !== undefined ? isSame(bearer, token) : cookie !== undefined && isSame(cookie, session)
    if (!isKnown) {
      c.header('WWW-Authenticate', 'Bearer realm="cachenet"')
      throw new CacheNetError(
        'unauthorized',
        'This edge asks for its access token. Scan the QR code that it printed when it was started.',
      )
    }
    await next()
  }
}

/** Hands out the cookie that stands for the token: no script can read it, and no other site can send it. */
export function setSession(c: Context, token: string, isSecure: boolean): void {
  setCookie(c, isSecure ? secureCookieName : cookieName, sessionOf(token), {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: halfAYearSeconds,
    secure: isSecure,
  })
}

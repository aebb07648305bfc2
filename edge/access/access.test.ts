import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { apiPaths, rawFrameType } from '../../core/wire/frames.ts'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import { fragmentOfToken, tokenInFragment } from '../../core/client/token-in-fragment.ts'
import { randomRgb } from '../testing/engine-samples.ts'
import { expectError } from '../testing/expect-error.ts'
import { createTestApp } from '../testing/test-app.ts'
import { clientAddress, isSecure } from './client-address.ts'
import { createRateLimiter } from './rate-limit.ts'

const token = 'correct-horse-battery'
const { signal } = new AbortController()

describe('access by token', () => {
  it('lets nobody at the API or the metrics without it, and everybody at the page and at health', async () => {
    const { app, sample, logged } = await createTestApp(() => ({ access: { token } }))
    const closed = [
      apiPaths.bundles,
      apiPaths.manifest('sample'),
      apiPaths.blob('sample', sample.manifest.full.whole.sha256),
      '/metrics',
      apiPaths.openapi,
      '/api/nothing',
    ]
    for (const path of closed) {
      for (const authorization of [
        undefined,
        'Bearer wrong-token-of-length',
        `Bearer ${token}x`,
        `Basic ${token}`,
        'Bearer',
        `Bearer ${token} x`,
      ]) {
        const response = await app.request(path, {
          headers: authorization === undefined ? {} : { Authorization: authorization },
        })
        expect(response.headers.get('WWW-Authenticate')).toContain('Bearer')
        await expectError(response, 'unauthorized')
      }
      expect((await app.request(path, { headers: { Authorization: `bearer ${token}` } })).status).not.toBe(
        401,
      )
    }
    const frame = {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType },
      body: randomRgb(sample.manifest),
    }
    await expectError(await app.request(apiPaths.frames('sample'), frame), 'unauthorized')
    for (const path of ['/healthz', '/readyz', '/']) expect((await app.request(path)).status).not.toBe(401)
    expect(JSON.stringify(logged)).not.toContain(token)
  })

  it('trades the token for a cookie that no script can read, and that opens what the token opens', async () => {
    const { app, logged } = await createTestApp(() => ({ access: { token } }))
    await expectError(await app.request(apiPaths.session, { method: 'POST' }), 'unauthorized')
    const opened = await app.request(apiPaths.session, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(opened.status).toBe(204)
    const cookie = opened.headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/SameSite=Strict/i)
    expect(cookie).not.toContain(token)
    const [pair = ''] = cookie.split(';')
    expect((await app.request(apiPaths.bundles, { headers: { Cookie: pair } })).status).toBe(200)
    await expectError(
      await app.request(apiPaths.bundles, { headers: { Cookie: `${pair}x` } }),
      'unauthorized',
    )
    // A wrong bearer is not made good by a cookie.
    await expectError(
      await app.request(apiPaths.bundles, { headers: { Cookie: pair, Authorization: 'Bearer wrong' } }),
      'unauthorized',
    )
    expect(JSON.stringify(logged)).not.toContain(pair.split('=')[1])
  })

  it('marks the cookie for https where the connection is, also behind a trusted proxy', async () => {
    const cookieOf = async (
      trustedProxies: number,
      url: string,
      headers: Record<string, string> = {},
    ): Promise<string> => {
      const { app } = await createTestApp(() => ({ access: { token, trustedProxies } }))
      const response = await app.request(url, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, ...headers },
      })
      return response.headers.get('Set-Cookie') ?? ''
    }
    expect(await cookieOf(0, `https://edge.test${apiPaths.session}`)).toMatch(/Secure/)
    expect(
      await cookieOf(0, `http://edge.test${apiPaths.session}`, { 'X-Forwarded-Proto': 'https' }),
    ).not.toMatch(/Secure/)
    for (const proto of ['https', 'HTTPS', 'http, https']) {
      expect(
        await cookieOf(1, `http://edge.test${apiPaths.session}`, { 'X-Forwarded-Proto': proto }),
      ).toMatch(/^__Host-cachenet-session=.*Path=\/.*Secure/)
    }
    expect(
      await cookieOf(1, `http://edge.test${apiPaths.session}`, { 'X-Forwarded-Proto': 'https, http' }),
    ).toMatch(/^cachenet-session=/)
  })

  it('knows the cookie of https, and tells browsers to stay with https where the name is public', async () => {
    const { app } = await createTestApp(() => ({ access: { token, trustedProxies: 1 } }))
    const open = (host: string, proto: string): Promise<Response> =>
      Promise.resolve(
        app.request(`http://${host}${apiPaths.session}`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'X-Forwarded-Proto': proto },
        }),
      )
    const [pair = ''] = ((await open('edge.test', 'https')).headers.get('Set-Cookie') ?? '').split(';')
    expect((await app.request(apiPaths.bundles, { headers: { Cookie: pair } })).status).toBe(200)
    for (const [host, proto, expected] of [
      ['edge.example.org', 'https', 'max-age=15552000'],
      ['edge.example.org', 'http', null],
      ['localhost', 'https', null],
      ['192.168.1.2', 'https', null],
      ['[::1]', 'https', null],
      ['mypc.local', 'https', null],
    ] as const)
      expect([host, proto, (await open(host, proto)).headers.get('Strict-Transport-Security')]).toEqual([
        host,
        proto,
        expected,
      ])
  })

  it('is what the typed client shows', async () => {
    const { app, sample } = await createTestApp(() => ({ access: { token } }))
    const fetchApp: typeof fetch = async (input, init) =>
      app.request(input instanceof Request ? input : String(input), init)
    const stranger = createEdgeApi({ baseUrl: '', fetch: fetchApp })
    await expect(stranger.listBundles(signal)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(stranger.openSession(signal, 'wrong')).rejects.toMatchObject({ code: 'unauthorized' })
    await stranger.openSession(signal, token)
    const api = createEdgeApi({ baseUrl: '', token, fetch: fetchApp })
    expect((await api.listBundles(signal)).defaultBundle).toBe('sample')
    expect(await api.manifest(signal, 'sample')).toEqual(sample.manifest)
    const { value, bytesDown } = await api.answerFrame(signal, 'sample', randomRgb(sample.manifest), {
      holds: [],
      hits: 3,
    })
    expect(value.inlineDelta?.id).toBe(value.partition?.id)
    expect(bytesDown).toBeGreaterThan(100)
    const { value: audited } = await api.answerFrame(signal, 'sample', randomRgb(sample.manifest), {
      auditOf: value.classIndex,
    })
    expect(audited.audit).toEqual({ agrees: true })
    await expect(api.answerFrame(signal, 'sample', new Uint8Array(5))).rejects.toMatchObject({
      code: 'frame-size-wrong',
    })
  })

  it('survives the way through a URL fragment', () => {
    for (const secret of [token, 'a+b/c=d&e#f%20'])
      expect(tokenInFragment(fragmentOfToken(secret))).toBe(secret)
    expect(tokenInFragment('')).toBeUndefined()
    expect(tokenInFragment('#other')).toBeUndefined()
  })
})

describe('rate limit', () => {
  it('refuses a client that asks too often, says when to come again, and leaves others alone', async () => {
    const { app } = await createTestApp(() => ({
      access: { trustedProxies: 1 },
      limiter: createRateLimiter(1),
    }))
    const ask = (address: string): Promise<Response> =>
      Promise.resolve(app.request(apiPaths.bundles, { headers: { 'X-Forwarded-For': address } }))
    for (let turn = 0; turn < 10; turn++) expect((await ask('10.0.0.1')).status).toBe(200)
    const refused = await ask('10.0.0.1')
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
    await expectError(refused, 'rate-limited')
    // What a client writes in front of the proxy's entry changes nothing.
    await expectError(await ask('1.2.3.4, 10.0.0.1'), 'rate-limited')
    expect((await ask('10.0.0.2')).status).toBe(200)
    expect((await app.request('/healthz', { headers: { 'X-Forwarded-For': '10.0.0.1' } })).status).toBe(200)
  })
})

describe('clientAddress', () => {
  const addressOf = async (trustedProxies: number, forwarded: string | undefined): Promise<string> => {
    const app = new Hono().get('/', (c) =>
      c.text(`${clientAddress(c, trustedProxies)} ${isSecure(c, trustedProxies)}`),
    )
    const response = await app.request(
      '/',
      { headers: forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded } },
      { incoming: { socket: { remoteAddress: '9.9.9.9', remotePort: 1, remoteFamily: 'IPv4' } } },
    )
    return (await response.text()).split(' ')[0] ?? ''
  }

  it.each([
    [0, '1.1.1.1', '9.9.9.9'],
    [1, '1.1.1.1', '1.1.1.1'],
    [1, '6.6.6.6, 1.1.1.1', '1.1.1.1'],
    [2, '6.6.6.6, 1.1.1.1, 2.2.2.2', '1.1.1.1'],
    [2, '1.1.1.1', '9.9.9.9'],
    [1, undefined, '9.9.9.9'],
    [1, '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    [1, '2001:db8::7', '2001:db8:0:0'],
    [1, '2001:db8::1:0:0:7', '2001:db8:0:0'],
    [1, '2001:DB8:0:0:9::', '2001:db8:0:0'],
    [1, '2001:0db8:0001::', '2001:db8:1:0'],
    [1, '[2001:db8:1:2::9]:443', '2001:db8:1:2'],
    [1, 'fe80::1%eth0', 'fe80:0:0:0'],
    [1, '::ffff:1.2.3.4', '1.2.3.4'],
    [1, '::FFFF:102:304', '1.2.3.4'],
    [1, '1.2.3.4:5678', '1.2.3.4'],
  ])('behind %d proxies, of %s, is %s', async (proxies, forwarded, expected) => {
    expect(await addressOf(proxies, forwarded)).toBe(expected)
  })
})

describe('CORS', () => {
  const origin = 'https://app.test'

  it('lets the pages of listed origins in, preflights without a token, and nobody else', async () => {
    const { app } = await createTestApp(() => ({ access: { token, corsOrigins: [origin] } }))
    const preflight = {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization',
      },
    }
    const allowed = await app.request(apiPaths.frames('sample'), preflight)
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe(origin)
    const answer = await app.request(apiPaths.bundles, {
      headers: { Origin: origin, Authorization: `Bearer ${token}` },
    })
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(origin)
    expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
    for (const other of ['https://evil.test', 'https://app.test.evil.test', 'null']) {
      const response = await app.request(apiPaths.bundles, {
        headers: { Origin: other, Authorization: `Bearer ${token}` },
      })
      expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
      expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
    }
  })

  it('says that answers depend on the origin, also to whoever has none', async () => {
    const { app, sample } = await createTestApp(() => ({ access: { corsOrigins: [origin] } }))
    for (const headers of [{}, { Origin: origin }, { Origin: 'https://evil.test' }]) {
      const response = await app.request(apiPaths.blob('sample', sample.manifest.full.whole.sha256), {
        headers,
      })
      expect(response.headers.get('Vary')).toContain('Origin')
    }
  })

  it('is closed where no origin is listed', async () => {
    const { app } = await createTestApp()
    expect(
      (await app.request(apiPaths.bundles, { headers: { Origin: origin } })).headers.get(
        'Access-Control-Allow-Origin',
      ),
    ).toBeNull()
  })
})

describe('request ids', () => {
  it('names every request in the answer and in the log, and believes only a trusted proxy', async () => {
    const alone = await createTestApp()
    const own = (await alone.app.request('/healthz', { headers: { 'X-Request-Id': 'mine' } })).headers.get(
      'X-Request-Id',
    )
    expect(own).toMatch(/^[0-9a-f-]{36}$/)
    expect(alone.logged).toContainEqual(expect.objectContaining({ requestId: own, path: '/healthz' }))
    const proxied = await createTestApp(() => ({ access: { trustedProxies: 1 } }))
    expect(
      (await proxied.app.request('/healthz', { headers: { 'X-Request-Id': 'from-proxy' } })).headers.get(
        'X-Request-Id',
      ),
    ).toBe('from-proxy')
    expect(
      (await proxied.app.request('/healthz', { headers: { 'X-Request-Id': 'a b<script>' } })).headers.get(
        'X-Request-Id',
      ),
    ).toMatch(/^[0-9a-f-]{36}$/)
    const refused = await proxied.app.request(apiPaths.manifest('nobody'), {
      headers: { 'X-Request-Id': 'lost' },
    })
    expect(refused.headers.get('X-Request-Id')).toBe('lost')
    expect(proxied.logged).toContainEqual(
      expect.objectContaining({ requestId: 'lost', code: 'bundle-unknown' }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { expectError } from '../testing/expect-error.ts'
import { createTestApp } from '../testing/test-app.ts'
import { isKnownHost } from './host.ts'

describe('isKnownHost', () => {
  it.each([
    'localhost',
    'localhost:8787',
    '127.0.0.1',
    '192.168.1.20:8787',
    '[::1]:8787',
    '[fe80::1%eth0]',
    'mypc',
    'MyPC.local.:80',
    'mypc.lan',
    'mypc.tailnet.ts.net',
    'edge.example.org',
    'Edge.Example.Org:443',
    undefined,
    '',
  ])('takes %s', (host) => expect(isKnownHost(host, ['edge.example.org'])).toBe(true))

  it.each([
    'evil.example',
    'evil.example:8787',
    'edge.example.org.evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evilts.net',
    '127.0.0.1:8787.evil.example',
    'mypc.fritz.box',
  ])('does not take %s', (host) => expect(isKnownHost(host, ['edge.example.org'])).toBe(false))
})

describe('the app', () => {
  it('answers nobody under a name of somebody else, unless a token is asked for', async () => {
    const open = await createTestApp()
    for (const path of [
      apiPaths.bundles,
      apiPaths.frames('sample'),
      apiPaths.blob('sample', open.sample.manifest.full.whole.sha256),
      '/metrics',
    ]) {
      await expectError(
        await open.app.request(path, { headers: { Host: 'evil.example:8787' } }),
        'host-unknown',
      )
    }
    expect((await open.app.request('/healthz', { headers: { Host: 'evil.example' } })).status).toBe(200)
    const named = await createTestApp(() => ({ access: { hosts: ['edge.example.org'] } }))
    expect(
      (await named.app.request(apiPaths.bundles, { headers: { Host: 'edge.example.org' } })).status,
    ).toBe(200)
    const closed = await createTestApp(() => ({ access: { token: 'correct-horse-battery' } }))
    await expectError(
      await closed.app.request(apiPaths.bundles, { headers: { Host: 'evil.example' } }),
      'unauthorized',
    )
  })
})

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apiPaths, rawFrameType } from '../core/wire/frames.ts'
import type { RequestEntry } from './deps.ts'
import { securityHeaders } from './http/security-headers.ts'
import { randomRgb } from './testing/engine-samples.ts'
import { expectError } from './testing/expect-error.ts'
import { createTestApp } from './testing/test-app.ts'

describe('createApp', () => {
  it.each([
    '/api',
    '/api/',
    '/api/v1',
    '/api/v2/bundles',
    '/api/v1/bundles/sample',
    '/api/v1/bundles/sample/blobs',
  ])('knows no route %s', async (path) => {
    const { app, pageFolder } = await createTestApp()
    await writeFile(join(pageFolder, 'index.html'), '<!doctype html>')
    await expectError(await app.request(path), 'route-unknown')
    await expectError(await app.request(path, { method: 'DELETE' }), 'route-unknown')
  })

  it('isolates every response: pages, scripts, blobs, answers, errors', async () => {
    const { app, pageFolder, sample } = await createTestApp()
    await mkdir(join(pageFolder, 'assets'))
    await writeFile(join(pageFolder, 'index.html'), '<!doctype html>')
    await writeFile(join(pageFolder, 'assets', 'worker-1.js'), 'x'.repeat(3000))
    const frame = {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType },
      body: randomRgb(sample.manifest),
    }
    const responses = await Promise.all([
      app.request('/'),
      app.request('/assets/worker-1.js', { headers: { 'Accept-Encoding': 'gzip' } }),
      app.request('/nothing.js'),
      app.request('/healthz'),
      app.request(apiPaths.bundles),
      app.request(apiPaths.manifest('sample')),
      app.request(apiPaths.manifest('nobody')),
      app.request(apiPaths.blob('sample', sample.manifest.full.whole.sha256)),
      app.request(apiPaths.frames('sample'), frame),
      app.request(apiPaths.frames('sample'), { ...frame, body: 'x' }),
    ])
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 404, 200, 200, 200, 404, 200, 200, 400])
    for (const response of responses) {
      for (const [name, value] of Object.entries(securityHeaders))
        expect(response.headers.get(name)).toBe(value)
      expect(response.headers.get('Content-Security-Policy')).not.toMatch(/unsafe-inline|'unsafe-eval'/)
      await response.body?.cancel()
    }
  })

  it('tells its observer of every request, whatever became of it', async () => {
    const entries: RequestEntry[] = []
    const { app, sample } = await createTestApp(() => ({ onRequest: (entry) => void entries.push(entry) }))
    const blob = apiPaths.blob('sample', sample.manifest.full.whole.sha256)
    await app.request(blob)
    await app.request(apiPaths.frames('sample'), {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType },
      body: randomRgb(sample.manifest),
    })
    await app.request(apiPaths.frames('sample'), {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType },
      body: 'short',
    })
    await app.request('/nothing')
    expect(entries.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['GET', blob, 200],
      ['POST', apiPaths.frames('sample'), 200],
      ['POST', apiPaths.frames('sample'), 400],
      ['GET', '/nothing', 404],
    ])
    for (const { elapsedMs } of entries) expect(elapsedMs).toBeGreaterThanOrEqual(0)
  })
})

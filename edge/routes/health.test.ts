import { describe, expect, it } from 'vitest'
import { apiPaths } from '../../core/wire/frames.ts'
import { expectError } from '../testing/expect-error.ts'
import { createTestApp } from '../testing/test-app.ts'

describe('health', () => {
  it('is alive, and ready with this engine for these bundles', async () => {
    const { app } = await createTestApp()
    const alive = await app.request('/healthz')
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'alive' }])
    const ready = await app.request('/readyz')
    expect(ready.headers.get('Cache-Control')).toBe('no-store')
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', engine: 'tfjs-wasm', defaultBundle: 'sample', bundles: ['alone', 'own', 'sample'] },
    ])
  })

  it('is alive and not ready while inference is started again, or the edge is stopping', async () => {
    const restarting = await createTestApp(({ inference }) => ({
      inference: {
        engineName: inference.engineName,
        isReady: false,
        lastBatchAt: 0,
        queued: { miss: 0, audit: 0 },
        answer: (...frame) => inference.answer(...frame),
      },
    }))
    await expectError(await restarting.app.request('/readyz'), 'worker-crashed')
    expect((await restarting.app.request('/healthz')).status).toBe(200)
    const draining = await createTestApp(() => ({ isDraining: () => true }))
    await expectError(await draining.app.request('/readyz'), 'edge-stopping')
    expect((await draining.app.request(apiPaths.bundles)).status).toBe(200)
    const stopping = await createTestApp(() => ({ isStopping: () => true }))
    await expectError(await stopping.app.request('/readyz'), 'edge-stopping')
    expect((await stopping.app.request('/healthz')).status).toBe(200)
  })
})

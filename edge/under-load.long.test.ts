import { describe, expect, it, onTestFinished } from 'vitest'
import { apiPaths, rawFrameType } from '../core/wire/frames.ts'
import { startEdge } from './start-edge.ts'
import { startEdgeProcess } from './testing/edge-process.ts'
import { randomRgb } from './testing/engine-samples.ts'
import { startSenders } from './testing/sender.ts'
import { openSlowClients } from './testing/slow-clients.ts'
import { useSampleFolder } from './testing/use-sample-folder.ts'

// What `under-load.test.ts` has without a clock: these assert times, and so want a machine of their own.

describe('an edge under load', () => {
  const bundles = useSampleFolder()
  const frame = (): Uint8Array<ArrayBuffer> => randomRgb(bundles.sample.manifest)

  it('stops at SIGTERM within ten seconds', async () => {
    const places = ['--bundles', bundles.folder, '--page', bundles.folder]
    const edge = await startEdgeProcess([...places, '--rate-limit', '0', '--drain-seconds', '1'])
    onTestFinished(() => void edge.child.kill('SIGKILL'))
    const senders = startSenders(edge.origin, apiPaths.frames('sample'), rawFrameType, frame(), 16)
    await expect.poll(() => senders.counts.answered, { timeout: 60_000 }).toBeGreaterThan(50)
    const stoppedAt = performance.now()
    expect(await edge.stop('SIGTERM')).toBe(0)
    expect(performance.now() - stoppedAt).toBeLessThan(10_000)
    await senders.stop()
  })

  it('answers far from any time limit while a thousand clients hold slow connections', async () => {
    const edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      bundlesFolder: bundles.folder,
      pageFolder: bundles.folder,
      access: { trustedProxies: 1 },
    })
    onTestFinished(() => edge.close())
    const slow = openSlowClients(edge.port, bundles.sample.manifest.full.whole.sha256, 1_000)
    onTestFinished(() => slow.forEach((socket) => socket.destroy()))
    await expect.poll(() => slow.filter(({ pending }) => !pending).length, { timeout: 60_000 }).toBe(1_000)
    const latenciesMs: number[] = []
    for (let turn = 0; turn < 30; turn++) {
      const startedAt = performance.now()
      const response = await fetch(edge.origin + apiPaths.frames('sample'), {
        method: 'POST',
        headers: { 'Content-Type': rawFrameType },
        body: frame(),
      })
      await response.arrayBuffer()
      expect(response.status).toBe(200)
      latenciesMs.push(performance.now() - startedAt)
    }
    expect(latenciesMs.sort((a, b) => a - b)[15]).toBeLessThan(2_000)
  })
})

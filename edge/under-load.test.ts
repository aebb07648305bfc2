import { execFileSync } from 'node:child_process'
import { mkdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle } from '../core/testing/sample-bundle.ts'
import { apiPaths, rawFrameType } from '../core/wire/frames.ts'
import { startEdge, type RunningEdge } from './start-edge.ts'
import { temporaryFolder, writeBundle } from './testing/bundle-folder.ts'
import { startEdgeProcess } from './testing/edge-process.ts'
import { randomRgb } from './testing/engine-samples.ts'
import { openSlowClients } from './testing/slow-clients.ts'
import { startSenders } from './testing/sender.ts'
import { useSampleFolder } from './testing/use-sample-folder.ts'

// How long it takes is asked in `under-load.long.test.ts`.

describe('an edge under load', { timeout: 240_000 }, () => {
  const bundles = useSampleFolder()

  const frame = (): Uint8Array<ArrayBuffer> => randomRgb(bundles.sample.manifest)
  const send = (origin: string, count: number) =>
    startSenders(origin, apiPaths.frames('sample'), rawFrameType, frame(), count)
  const post = async (edge: RunningEdge): Promise<number> => {
    const response = await fetch(edge.origin + apiPaths.frames('sample'), {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType },
      body: frame(),
    })
    await response.arrayBuffer()
    return response.status
  }

  it('stops at SIGTERM with 0, and loses no request that a proxy could not send again', async () => {
    const edge = await startEdgeProcess([
      '--bundles',
      bundles.folder,
      '--page',
      bundles.folder,
      '--rate-limit',
      '0',
      '--drain-seconds',
      '1',
    ])
    onTestFinished(() => void edge.child.kill('SIGKILL'))
    const senders = send(edge.origin, 16)
    await expect.poll(() => senders.counts.answered, { timeout: 60_000 }).toBeGreaterThan(50)
    expect(await edge.stop('SIGTERM')).toBe(0)
    const { lost, retriable } = await senders.stop()
    expect(lost).toEqual([])
    expect(retriable).toBeGreaterThan(0)
  })

  it.runIf(process.platform === 'linux')(
    "answers on where its engine's processes are killed in the middle of requests",
    async () => {
      const edge = await startEdgeProcess([
        '--bundles',
        bundles.folder,
        '--page',
        bundles.folder,
        '--rate-limit',
        '0',
        '--drain-seconds',
        '0',
      ])
      onTestFinished(() => void edge.stop('SIGKILL'))
      const senders = send(edge.origin, 16)
      const answeredMore = async (): Promise<void> => {
        const { answered } = senders.counts
        await expect.poll(() => senders.counts.answered, { timeout: 60_000 }).toBeGreaterThan(answered + 50)
      }
      for (let round = 0; round < 2; round++) {
        await answeredMore()
        const engines = execFileSync('pgrep', ['-P', String(edge.child.pid), '-f', 'start-process'], {
          encoding: 'utf8',
        })
          .trim()
          .split('\n')
        expect(engines.length).toBeGreaterThan(0)
        for (const pid of engines) process.kill(Number(pid), 'SIGKILL')
      }
      await answeredMore()
      const { lost } = await senders.stop()
      expect(lost).toEqual([])
      expect((await fetch(`${edge.origin}/readyz`)).status).toBe(200)
    },
  )

  it('answers a client that behaves while a thousand others hold slow connections', async () => {
    const edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      threads: 1,
      bundlesFolder: bundles.folder,
      pageFolder: bundles.folder,
      access: { trustedProxies: 1 },
    })
    onTestFinished(() => edge.close())
    const { sha256 } = bundles.sample.manifest.full.whole
    const slow = openSlowClients(edge.port, sha256, 1_000)
    onTestFinished(() => slow.forEach((socket) => socket.destroy()))
    await expect.poll(() => slow.filter(({ pending }) => !pending).length, { timeout: 60_000 }).toBe(1_000)
    for (let turn = 0; turn < 30; turn++) expect(await post(edge)).toBe(200)
  })

  it.each([
    ['ended early, as on a full disk', (file: string) => truncate(file, 10)],
    [
      'cannot be read',
      async (file: string) => {
        await rm(file)
        await mkdir(file)
      },
    ],
  ])(
    'serves the version that it has while a blob of the next one %s, and the next one once it is whole',
    async (_, spoil) => {
      const place = await temporaryFolder()
      onTestFinished(place.remove)
      await writeBundle(place.folder, bundles.sample)
      const edge = await startEdge({
        port: 0,
        host: '127.0.0.1',
        threads: 1,
        bundlesFolder: place.folder,
        pageFolder: bundles.folder,
        reloadMs: 50,
      })
      onTestFinished(() => edge.close())
      const etag = async (): Promise<string | null> => {
        const response = await fetch(edge.origin + apiPaths.manifest('sample'))
        await response.arrayBuffer()
        return response.headers.get('ETag')
      }
      const first = await etag()
      const next = await createSampleBundle({ seed: 21 })
      // Spoiled before the manifest names it, so that no look at the folder finds it whole.
      const blobs = join(place.folder, 'sample', 'blobs')
      const file = join(blobs, `${next.manifest.full.whole.sha256}.bin`)
      const spoiled = {
        ...next,
        blobs: new Map([...next.blobs].filter(([sha256]) => !file.includes(sha256))),
      }
      await writeBundle(place.folder, {
        ...next,
        blobs: new Map([
          [
            next.manifest.full.whole.sha256,
            next.blobs.get(next.manifest.full.whole.sha256) ?? new Uint8Array(),
          ],
        ]),
        manifest: bundles.sample.manifest,
      })
      await spoil(file)
      await writeBundle(place.folder, spoiled)
      for (let look = 0; look < 20; look++) {
        expect(await post(edge)).toBe(200)
        expect(await etag()).toBe(first)
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
      await rm(file, { recursive: true })
      await writeBundle(place.folder, next)
      await expect.poll(etag, { timeout: 60_000 }).not.toBe(first)
      expect(await post(edge)).toBe(200)
    },
  )
})

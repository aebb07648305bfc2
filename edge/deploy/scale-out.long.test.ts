import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEdgeApi, type EdgeApi } from '../../core/client/edge-api.ts'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import type { FrameAnswer } from '../../core/wire/frames.ts'
import { temporaryFolder, writeBundle } from '../testing/bundle-folder.ts'
import { startEdgeProcess, type EdgeProcess } from '../testing/edge-process.ts'
import { randomRgb } from '../testing/engine-samples.ts'
import { freePort } from '../testing/free-port.ts'
import { startNginx, type NginxProcess } from '../testing/nginx-process.ts'

const { signal } = new AbortController()

/** All of an answer that may not depend on which edge gave it. */
const essence = ({ timings: _times, likelyNext: _learned, ...answer }: FrameAnswer): unknown => answer

describe('two edges behind nginx', () => {
  let sample: SampleBundle
  let edges: EdgeProcess[]
  let nginx: NginxProcess
  let origin: string
  let bundles: string
  let remove: () => Promise<void>
  const api = (baseUrl: string): EdgeApi => createEdgeApi({ baseUrl })
  const frame = (seed: number): Uint8Array<ArrayBuffer> => randomRgb(sample.manifest, seed)
  const flags = (folder: string): string[] => [
    '--bundles',
    folder,
    '--rate-limit',
    '0',
    '--trust-proxy',
    '1',
    '--threads',
    '1',
    '--log-level',
    'warn',
  ]

  beforeAll(async () => {
    const temporary = await temporaryFolder()
    remove = temporary.remove
    const { folder } = temporary
    bundles = folder
    sample = await createSampleBundle({ hasDeltas: true })
    await writeBundle(folder, sample)
    edges = await Promise.all([startEdgeProcess(flags(folder)), startEdgeProcess(flags(folder))])
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    // The configuration that is published, on ports and in a folder of this test.
    const published = await readFile(fileURLToPath(new URL('nginx.conf', import.meta.url)), 'utf8')
    const config = published
      .replace('127.0.0.1:8787', `127.0.0.1:${edges[0]?.port}`)
      .replace('127.0.0.1:8788', `127.0.0.1:${edges[1]?.port}`)
      .replace('listen 8080', `listen 127.0.0.1:${port}`)
      .replace('/var/cache/nginx/cachenet', `${folder}/.nginx-cache`)
    const scratch = await temporaryFolder()
    nginx = await startNginx(scratch.folder, port, config)
    const removeBoth = remove
    remove = async () => {
      await removeBoth()
      await scratch.remove()
    }
  })
  afterAll(async () => {
    await nginx.stop()
    for (const edge of edges) await edge.stop('SIGKILL')
    await remove()
  })

  const framesAnswered = async (edge: EdgeProcess): Promise<number> => {
    const text = await (await fetch(`${edge.origin}/metrics`)).text()
    return Number(/cachenet_frames_total\{bundle="sample",kind="miss"\} (\d+)/.exec(text)?.[1] ?? 0)
  }

  it('gives the same answers whichever answers, and lets both work', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const asked = [origin, ...edges.map((edge) => edge.origin)].map((base) =>
        api(base).answerFrame(signal, 'sample', frame(seed), { holds: [{ id: 'p1', form: 'whole' }] }),
      )
      const [proxied, ...direct] = (await Promise.all(asked)).map(({ value }) => essence(value))
      for (const answer of direct) expect(answer).toEqual(proxied)
    }
    await Promise.all(
      Array.from({ length: 60 }, (_, seed) => api(origin).answerFrame(signal, 'sample', frame(seed))),
    )
    for (const edge of edges) expect(await framesAnswered(edge)).toBeGreaterThan(30)
  })

  it('keeps blobs at the proxy, where they never change', async () => {
    const { sha256, bytes } = sample.manifest.generalist.whole
    const path = `/api/v1/bundles/sample/blobs/${sha256}.bin`
    for (let turn = 0; turn < 3; turn++)
      expect((await (await fetch(origin + path)).arrayBuffer()).byteLength).toBe(bytes)
  })

  it('loses no request when one edge is stopped in order under load, nor when the other is killed', async () => {
    let isOver = false
    let answered = 0
    const failures: unknown[] = []
    const sender = async (first: number): Promise<void> => {
      for (let seed = first; !isOver; seed += 8) {
        await api(origin)
          .answerFrame(signal, 'sample', frame(seed % 50))
          .then(
            () => answered++,
            (thrown: unknown) => failures.push(thrown),
          )
      }
    }
    const senders = Array.from({ length: 8 }, (_, index) => sender(index))
    const more = async (frames: number): Promise<void> => {
      const until = answered + frames
      await expect.poll(() => answered, { timeout: 120_000 }).toBeGreaterThan(until)
    }
    await more(200)
    await edges[0]?.stop('SIGTERM')
    await more(400)
    edges[0] = await startEdgeProcess([...flags(bundles), '--port', String(edges[0]?.port)])
    // nginx tries it again after a while.
    const back = edges[0]
    await expect.poll(() => framesAnswered(back), { timeout: 60_000 }).toBeGreaterThan(20)
    await edges[1]?.stop('SIGKILL')
    await more(400)
    expect(failures).toEqual([])
    isOver = true
    await Promise.all(senders)
    expect(failures).toEqual([])
  })
})

import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../core/testing/sample-bundle.ts'
import { apiPaths, bundleListSchema, frameAnswerSchema, rawFrameType } from '../core/wire/frames.ts'
import type { RequestEntry } from './deps.ts'
import { installedEngines } from './engine/create-engine.ts'
import { startEdge, type EdgeOptions, type RunningEdge } from './start-edge.ts'
import { temporaryFolder, writeBundle } from './testing/bundle-folder.ts'
import { randomRgb } from './testing/engine-samples.ts'
import { expectError } from './testing/expect-error.ts'

describe('startEdge', () => {
  let folder: string
  let remove: () => Promise<void>
  let sample: SampleBundle

  beforeAll(async () => {
    const temporary = await temporaryFolder()
    ;({ folder, remove } = temporary)
    sample = await createSampleBundle()
    await writeBundle(folder, sample)
  }, 60_000)
  afterAll(() => remove())

  const start = async (options: Partial<EdgeOptions> = {}): Promise<RunningEdge> => {
    const edge = await startEdge({ port: 0, host: '127.0.0.1', bundlesFolder: folder, pageFolder: join(folder, 'no-page'), ...options })
    onTestFinished(() => edge.close())
    return edge
  }
  const post = (edge: RunningEdge, body: Uint8Array<ArrayBuffer>, type = rawFrameType): Promise<Response> =>
    fetch(edge.origin + apiPaths.frames('sample'), { method: 'POST', headers: { 'Content-Type': type }, body })

  /** Begins an upload and resolves once the edge has taken the request. */
  const beginUpload = async (edge: RunningEdge): Promise<{ upload: ClientRequest; answer: Promise<IncomingMessage> }> => {
    const upload = request(edge.origin + apiPaths.frames('sample'), {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType, 'Content-Length': 768, Expect: '100-continue' },
    })
    const answer = once(upload, 'response').then(([response]) => response as IncomingMessage)
    answer.catch(() => undefined)
    upload.flushHeaders()
    await once(upload, 'continue')
    upload.write(randomRgb(sample.manifest).subarray(0, 100))
    return { upload, answer }
  }

  it('answers over the network what the app answers, and counts it', async () => {
    const entries: RequestEntry[] = []
    const edge = await start({ onRequest: (entry) => void entries.push(entry) })
    expect(edge).toMatchObject({ defaultBundle: 'sample', bundleIds: ['sample'], engineName: installedEngines()[0] })
    const list = await fetch(edge.origin + apiPaths.bundles)
    expect(bundleListSchema.parse(await list.json()).defaultBundle).toBe('sample')
    const frames = Array.from({ length: 40 }, (_, seed) => randomRgb(sample.manifest, seed))
    const answers = await Promise.all(frames.map(async (rgb) => frameAnswerSchema.parse(await (await post(edge, rgb)).json())))
    expect(answers).toHaveLength(40)
    const { sha256, bytes } = sample.manifest.full.whole
    const blob = await fetch(edge.origin + apiPaths.blob('sample', sha256))
    expect((await blob.arrayBuffer()).byteLength).toBe(bytes)
    const head = await fetch(edge.origin + apiPaths.blob('sample', sha256), { method: 'HEAD' })
    expect(head.headers.get('Content-Length')).toBe(String(bytes))
    const uploads = entries.filter(({ method, path }) => method === 'POST' && path === apiPaths.frames('sample'))
    expect(uploads).toHaveLength(40)
  })

  it('refuses a large body over the network with its code, announced or in pieces', async () => {
    const edge = await start()
    await expectError(await post(edge, new Uint8Array(5 * 2 ** 20), 'image/png'), 'frame-too-large')
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let piece = 0; piece < 5; piece++) controller.enqueue(new Uint8Array(2 ** 20))
        controller.close()
      },
    })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers: { 'Content-Type': 'image/png' }, body: pieces, duplex: 'half' }
    await expectError(await fetch(edge.origin + apiPaths.frames('sample'), init), 'frame-too-large')
    expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
  })

  it('does not mind senders that go away in the middle of a frame, or of a blob', async () => {
    const edge = await start()
    const { upload } = await beginUpload(edge)
    upload.on('error', () => undefined)
    upload.destroy()
    const response = await fetch(edge.origin + apiPaths.blob('sample', sample.manifest.full.whole.sha256))
    await response.body?.cancel()
    expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
  })

  it('answers what it has before it stops, and takes nothing new', async () => {
    const edge = await start()
    const { upload, answer } = await beginUpload(edge)
    const closed = edge.close()
    await expect(fetch(`${edge.origin}/healthz`)).rejects.toThrow()
    upload.end(randomRgb(sample.manifest).subarray(100))
    const response = await answer
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    expect(response.statusCode).toBe(200)
    expect(response.headers.connection).toBe('close')
    frameAnswerSchema.parse(JSON.parse(Buffer.concat(chunks).toString()))
    await closed
    await edge.close()
  })

  it('does not wait for ever for a sender that never finishes', async () => {
    const edge = await start({ stopTimeoutMs: 200 })
    const { upload, answer } = await beginUpload(edge)
    upload.on('error', () => undefined)
    const startedAt = performance.now()
    await edge.close()
    expect(performance.now() - startedAt).toBeLessThan(25_000)
    await expect(answer).rejects.toThrow()
  })

  it('says what to do where the port is taken', async () => {
    const edge = await start()
    await expect(start({ port: edge.port })).rejects.toMatchObject({ code: 'config-invalid', details: { port: edge.port, reason: 'EADDRINUSE' } })
    expect((await fetch(`${edge.origin}/readyz`)).status).toBe(200)
  })

  it('does not start without a bundle', async () => {
    const empty = await temporaryFolder()
    onTestFinished(empty.remove)
    await expect(start({ bundlesFolder: empty.folder })).rejects.toMatchObject({ code: 'config-invalid' })
    await rm(empty.folder, { recursive: true })
    await expect(start({ bundlesFolder: empty.folder })).rejects.toMatchObject({ code: 'config-invalid' })
  })
})

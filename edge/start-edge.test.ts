import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { beforeAll, afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../core/testing/sample-bundle.ts'
import { apiPaths, bundleListSchema, frameAnswerSchema, rawFrameType } from '../core/wire/frames.ts'
import type { RequestEntry } from './deps.ts'
import { bundleCost } from './engine/bundle-cost.ts'
import { installedEngines } from './engine/create-engine.ts'
import { startEdge, type EdgeOptions, type RunningEdge } from './start-edge.ts'
import { temporaryFolder, writeBundle } from './testing/bundle-folder.ts'
import { engineBundleOf, randomRgb } from './testing/engine-samples.ts'
import { expectError } from './testing/expect-error.ts'

describe('startEdge', () => {
  let folder: string
  let remove: () => Promise<void>
  let sample: SampleBundle

  /** Of the tests that ask it something, and leave it as it was. */
  let shared: RunningEdge
  const entries: RequestEntry[] = []

  const open = (options: Partial<EdgeOptions> = {}): Promise<RunningEdge> =>
    startEdge({
      port: 0,
      host: '127.0.0.1',
      threads: 1,
      bundlesFolder: folder,
      pageFolder: join(folder, 'no-page'),
      ...options,
    })
  const start = async (options: Partial<EdgeOptions> = {}): Promise<RunningEdge> => {
    const edge = await open(options)
    onTestFinished(() => edge.close())
    return edge
  }

  beforeAll(async () => {
    const temporary = await temporaryFolder()
    ;({ folder, remove } = temporary)
    sample = await createSampleBundle()
    await writeBundle(folder, sample)
    shared = await open({ onRequest: (entry) => void entries.push(entry) })
  }, 60_000)
  afterAll(async () => {
    await shared.close()
    await remove()
  })
  const post = (edge: RunningEdge, body: Uint8Array<ArrayBuffer>, type = rawFrameType): Promise<Response> =>
    fetch(edge.origin + apiPaths.frames('sample'), {
      method: 'POST',
      headers: { 'Content-Type': type },
      body,
    })

  /** Begins an upload and resolves once the edge has taken the request. */
  const beginUpload = async (
    edge: RunningEdge,
  ): Promise<{ upload: ClientRequest; answer: Promise<IncomingMessage> }> => {
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
    const edge = shared
    expect(edge).toMatchObject({
      defaultBundle: 'sample',
      bundleIds: ['sample'],
      engineName: installedEngines()[0],
    })
    const list = await fetch(edge.origin + apiPaths.bundles)
    expect(bundleListSchema.parse(await list.json()).defaultBundle).toBe('sample')
    const frames = Array.from({ length: 40 }, (_, seed) => randomRgb(sample.manifest, seed))
    const answers = await Promise.all(
      frames.map(async (rgb) => frameAnswerSchema.parse(await (await post(edge, rgb)).json())),
    )
    expect(answers).toHaveLength(40)
    const { sha256, bytes } = sample.manifest.full.whole
    const blob = await fetch(edge.origin + apiPaths.blob('sample', sha256))
    expect((await blob.arrayBuffer()).byteLength).toBe(bytes)
    const head = await fetch(edge.origin + apiPaths.blob('sample', sha256), { method: 'HEAD' })
    expect(head.headers.get('Content-Length')).toBe(String(bytes))
    const uploads = entries.filter(
      ({ method, path }) => method === 'POST' && path === apiPaths.frames('sample'),
    )
    expect(uploads).toHaveLength(40)
  })

  it('refuses a large body over the network with its code, announced or in pieces', async () => {
    const edge = shared
    await expectError(await post(edge, new Uint8Array(5 * 2 ** 20), 'image/png'), 'frame-too-large')
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let piece = 0; piece < 5; piece++) controller.enqueue(new Uint8Array(2 ** 20))
        controller.close()
      },
    })
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { 'Content-Type': 'image/png' },
      body: pieces,
      duplex: 'half',
    }
    await expectError(await fetch(edge.origin + apiPaths.frames('sample'), init), 'frame-too-large')
    expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
  })

  it('does not mind senders that go away in the middle of a frame, or of a blob', async () => {
    const edge = shared
    const { upload } = await beginUpload(edge)
    upload.on('error', () => undefined)
    upload.destroy()
    const response = await fetch(edge.origin + apiPaths.blob('sample', sample.manifest.full.whole.sha256))
    await response.body?.cancel()
    expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
  })

  /** What comes back on a bare connection until the edge closes it. */
  const exchange = async (edge: RunningEdge, text: string): Promise<string> => {
    const socket = connect({ port: edge.port, host: '127.0.0.1' })
    socket.write(text)
    let received = ''
    for await (const chunk of socket) received += String(chunk)
    return received
  }

  it('refuses what is no HTTP, headers without end and bodies that do not come, each with a code, and goes on', async () => {
    const edge = await start({ frameLimits: { bodyTimeoutMs: 200 } })
    const frames = apiPaths.frames('sample')
    const refusals = [
      ['\x16\x03\x01 is no HTTP\r\n\r\n', '400', 'request-invalid'],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431', 'request-invalid'],
      ['GET /a\\b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '400', 'request-invalid'],
      ['GET /a HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n', '400', 'request-invalid'],
      ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n', '400', 'request-invalid'],
      // Would be an address, and is none.
      ['GET / HTTP/1.1\r\nHost: a.1\r\nConnection: close\r\n\r\n', '400', 'request-invalid'],
      ['GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n', '417', 'request-invalid'],
      ['CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', '405', 'request-invalid'],
      [`POST ${frames} HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n`, '400', 'request-invalid'],
      [
        `POST ${frames} HTTP/1.1\r\nHost: a\r\nContent-Type: ${rawFrameType}\r\nContent-Length: 768\r\n\r\nabc`,
        '408',
        'request-timeout',
      ],
      [
        `POST ${frames} HTTP/1.1\r\nHost: a\r\nContent-Type: ${rawFrameType}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
        '408',
        'request-timeout',
      ],
      [
        `POST ${frames} HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nContent-Length: 99999999\r\n\r\nabc`,
        '413',
        'frame-too-large',
      ],
    ] as const
    for (const [text, status, code] of refusals) {
      const received = await exchange(edge, text)
      expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(received).toContain(`"code":"${code}"`)
      for (const name of ['content-security-policy', 'x-content-type-options', 'x-request-id'])
        expect(received.toLowerCase()).toContain(`\n${name}: `)
    }
    expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
    expect(await exchange(edge, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
    expect(await exchange(edge, `GET ${apiPaths.bundles} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('answers others while one client keeps very many bodies on their way', async () => {
    const edge = await start({
      access: { trustedProxies: 1 },
      batching: { maxQueued: 8 },
      frameLimits: { maxFramesInFlight: 8 },
    })
    const head = `POST ${apiPaths.frames('sample')} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\nContent-Type: ${rawFrameType}\r\nContent-Length: 768\r\n\r\nabc`
    const refused: string[] = []
    const slow = Array.from({ length: 256 }, () => {
      const socket = connect({ port: edge.port, host: '127.0.0.1' })
      socket
        .on('error', () => undefined)
        .on(
          'data',
          (chunk: Buffer) => void refused.push(/"code":"([a-z-]+)"/.exec(chunk.toString())?.[1] ?? ''),
        )
      socket.write(head)
      return socket
    })
    await expect.poll(() => refused.length, { timeout: 30_000 }).toBe(128)
    expect(new Set(refused)).toEqual(new Set(['rate-limited']))
    for (let turn = 0; turn < 20; turn++)
      expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
    for (const socket of slow) socket.destroy()
  })

  it('publishes a bundle that is dropped into its folder, and answers with it', async () => {
    const place = await temporaryFolder()
    onTestFinished(place.remove)
    await writeBundle(place.folder, sample)
    const edge = await start({ bundlesFolder: place.folder, reloadMs: 50 })
    const dropped = await createSampleBundle({ id: 'dropped', seed: 9 })
    await expectError(await fetch(edge.origin + apiPaths.manifest('dropped')), 'bundle-unknown')
    await writeBundle(place.folder, dropped)
    const answer = async (): Promise<number> =>
      (
        await fetch(edge.origin + apiPaths.frames('dropped'), {
          method: 'POST',
          headers: { 'Content-Type': rawFrameType },
          body: randomRgb(dropped.manifest),
        })
      ).status
    await expect.poll(answer, { timeout: 30_000 }).toBe(200)
  })

  it('goes on answering with a version that was put back soon after it was replaced', async () => {
    const place = await temporaryFolder()
    onTestFinished(place.remove)
    await writeBundle(place.folder, sample)
    const edge = await start({ bundlesFolder: place.folder, reloadMs: 30, retireAfterMs: 1_500 })
    const etag = async (): Promise<string | null> => {
      const response = await fetch(edge.origin + apiPaths.manifest('sample'))
      await response.arrayBuffer()
      return response.headers.get('ETag')
    }
    const first = await etag()
    await writeBundle(place.folder, await createSampleBundle({ seed: 8 }))
    await expect.poll(etag, { timeout: 30_000 }).not.toBe(first)
    await writeBundle(place.folder, sample)
    await expect.poll(etag, { timeout: 30_000 }).toBe(first)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
    expect((await fetch(`${edge.origin}/readyz`)).status).toBe(200)
  })

  it('refuses a bundle that costs more than an edge has, and serves the others', async () => {
    const place = await temporaryFolder()
    onTestFinished(place.remove)
    await writeBundle(place.folder, sample)
    await writeBundle(place.folder, await createSampleBundle({ id: 'heavy', seed: 4 }))
    const logged: Record<string, unknown>[] = []
    const log = pino(
      { level: 'error' },
      { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
    )
    const { full, encoder } = engineBundleOf(sample)
    const limits = { maxMegaMacs: bundleCost({ full, encoder }).megaMacs, maxActivationBytes: 2 ** 30 }
    await expect(
      start({
        bundlesFolder: place.folder,
        costLimits: { ...limits, maxMegaMacs: limits.maxMegaMacs / 2 },
        log,
      }),
    ).rejects.toMatchObject({ code: 'config-invalid' })
    expect(logged.map(({ code }) => code)).toEqual(['bundle-too-heavy', 'bundle-too-heavy'])
    const edge = await start({ bundlesFolder: place.folder, costLimits: limits })
    expect(edge.bundleIds).toEqual(['heavy', 'sample'])
  })

  it('answers a request that comes on a connection accepted just before it stops', async () => {
    const edge = await start()
    const sockets = await Promise.all(
      Array.from({ length: 32 }, async () => {
        const socket = connect({ port: edge.port, host: '127.0.0.1' })
        await once(socket, 'connect')
        return socket
      }),
    )
    const closed = edge.close()
    const answers = sockets.map(async (socket) => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
      let received = ''
      for await (const chunk of socket) received += String(chunk)
      return received.slice(0, 12)
    })
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200']))
    await closed
  })

  it('counts the bytes of its connections', async () => {
    const edge = shared
    const { sha256, bytes } = sample.manifest.full.whole
    await (await fetch(edge.origin + apiPaths.blob('sample', sha256))).arrayBuffer()
    const text = await (await fetch(`${edge.origin}/metrics`)).text()
    expect(Number(/cachenet_network_bytes_total\{direction="sent"\} (\d+)/.exec(text)?.[1])).toBeGreaterThan(
      bytes,
    )
    expect(
      Number(/cachenet_network_bytes_total\{direction="received"\} (\d+)/.exec(text)?.[1]),
    ).toBeGreaterThan(50)
    expect(text).toContain('process_resident_memory_bytes')
  })

  it('says that it is not ready before it stops answering, so that a load balancer goes elsewhere', async () => {
    const edge = await start({ drainMs: 3_000 })
    const closed = edge.close()
    await expectError(await fetch(`${edge.origin}/readyz`), 'edge-stopping')
    expect((await post(edge, randomRgb(sample.manifest))).status).toBe(200)
    await closed
    await expect(fetch(`${edge.origin}/healthz`)).rejects.toThrow()
  })

  it('answers what it has before it stops, and takes nothing new', async () => {
    const edge = await start()
    const { upload, answer } = await beginUpload(edge)
    const closed = edge.close()
    await expect
      .poll(() =>
        fetch(`${edge.origin}/healthz`).then(
          () => 'answered',
          () => 'refused',
        ),
      )
      .toBe('refused')
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
    await edge.close()
    await expect(answer).rejects.toThrow()
  })

  it('says what to do where the port is taken', async () => {
    const edge = shared
    await expect(start({ port: edge.port })).rejects.toMatchObject({
      code: 'config-invalid',
      details: { port: edge.port, reason: 'EADDRINUSE' },
    })
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

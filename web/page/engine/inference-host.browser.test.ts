import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { Classification, FrameImage, RawImage } from '../../messages/inference.ts'
import { inferenceWorkerName } from '../../messages/inference-worker-name.ts'
import { createInPageEngine, type InferenceClient } from './in-page-engine.ts'
import { InferenceHost } from './inference-host.ts'

const { signal } = new AbortController()
const gate = {
  thresholdNats: 0,
  generalistThresholdNats: 0,
  maxProbes: 1,
  order: 'recent-first',
  asksGeneralist: false,
} as const

let bundle: SampleBundle
let workers: Worker[]
let host: InferenceHost
let restarts: string[]
let reloaded: string[]
let threadsFailures: string[]

const frame = (): RawImage => ({ width: 16, height: 16, rgba: new Uint8ClampedArray(16 * 16 * 4) })

function bytesOf(sha256: string | undefined): Uint8Array<ArrayBuffer> {
  const bytes = bundle.blobs.get(sha256 ?? '')
  if (bytes === undefined) throw new Error('the sample bundle lacks a blob')
  return bytes
}
const deltaBytes = (id: string): Uint8Array<ArrayBuffer> =>
  bytesOf(bundle.manifest.partitions.find((partition) => partition.id === id)?.delta?.sha256)
const partitionBytes = (id: string): Uint8Array<ArrayBuffer> =>
  bytesOf(bundle.manifest.partitions.find((partition) => partition.id === id)?.whole.sha256)

const realWorker = (): Worker =>
  new Worker(new URL('../../inference-worker/main.ts', import.meta.url), { type: 'module' })

const workerOn = (threads: number): Worker =>
  threads === 1
    ? realWorker()
    : new Worker(new URL('../../inference-worker/main-threaded.ts', import.meta.url), {
        type: 'module',
        name: inferenceWorkerName(threads),
      })

const running = (script: string): Worker => new Worker(URL.createObjectURL(new Blob([script])))

/** A worker that opens like the real one and then never answers a frame. */
const scripted = (onClassify: string): Worker =>
  running(`
    addEventListener('message', ({ data: { rpc, id, request } }) => {
      if (rpc !== 'request') return
      if (request.kind === 'classify') { ${onClassify} }
      postMessage({ rpc: 'answer', id, answer: request.kind === 'open' ? { warmUpMs: 1 } : request.kind === 'prepare' ? null : { residents: request.kind === 'load' ? [request.id] : [] } })
    })`)

function createHost(
  createWorker: (index: number, threads: number) => Worker,
  frameLimitMs = 10_000,
  threads = 1,
  inPage?: () => InferenceClient,
  threadsLimitMs = 60_000,
): InferenceHost {
  return new InferenceHost({
    ...(inPage === undefined ? {} : { createInPageEngine: inPage }),
    frameLimitMs,
    threads,
    threadsLimitMs,
    createWorker: (threadsOfWorker) => {
      const worker = createWorker(workers.length, threadsOfWorker)
      workers.push(worker)
      return worker
    },
    reload: (_signal, id, form) => {
      reloaded.push(id)
      return Promise.resolve(form === 'delta' ? deltaBytes(id) : partitionBytes(id))
    },
    onRestart: ({ code }) => void restarts.push(code),
    onThreadsFailure: ({ code }, left) => void threadsFailures.push(`${code}, ${left}`),
  })
}

const open = (): Promise<void> =>
  host.open(signal, {
    manifest: bundle.manifest,
    generalist: bytesOf(bundle.manifest.generalist.whole.sha256),
    maxPartitions: 2,
  })

beforeEach(async () => {
  bundle = await createSampleBundle()
  workers = []
  restarts = []
  reloaded = []
  threadsFailures = []
})
afterEach(() => host.close())

describe('InferenceHost', () => {
  it('keeps what is resident in view', async () => {
    host = createHost(realWorker)
    await open()
    for (const id of ['p0', 'p1', 'p2']) await host.load(signal, id, partitionBytes(id))
    expect(host.residents.value).toEqual(['p2', 'p1'])
    await host.use(signal, 'p1')
    expect(host.residents.value).toEqual(['p1', 'p2'])
    await host.setRoom(signal, 1)
    expect(host.residents.value).toEqual(['p1'])
    expect((await host.classify(signal, frame(), gate)).network).toBe('p1')
    await host.unload(signal, 'p1')
    expect(host.residents.value).toEqual([])
  })

  it('moves a frame to the worker, and copies one that is kept', async () => {
    host = createHost(realWorker)
    await open()
    const kept = frame()
    await host.classify(signal, kept, gate, { isKept: true })
    expect(kept.rgba.byteLength).toBeGreaterThan(0)
    await host.classify(signal, kept, gate)
    expect(kept.rgba.byteLength).toBe(0)
  })

  it('starts a worker that crashed again, with what was resident in its order, and loses one frame', async () => {
    host = createHost((index) =>
      index === 0 ? scripted('setTimeout(() => { throw new Error("broken") }); return') : realWorker(),
    )
    await open()
    await host.load(signal, 'p0', partitionBytes('p0'))
    await expect(host.classify(signal, frame(), gate)).rejects.toMatchObject({ code: 'worker-crashed' })
    expect(workers).toHaveLength(2)
    expect(restarts).toEqual(['worker-crashed'])
    expect(reloaded).toEqual(['p0'])
    expect(host.residents.value).toEqual(['p0'])
    expect((await host.classify(signal, frame(), gate)).network).toBe('p0')
  })

  it('starts a worker that hangs again', async () => {
    host = createHost((index) => (index === 0 ? scripted('for (;;) {}') : realWorker()), 300)
    await open()
    await expect(host.classify(signal, frame(), gate)).rejects.toMatchObject({ code: 'worker-crashed' })
    expect(restarts).toEqual(['worker-timeout'])
    expect((await host.classify(signal, frame(), gate)).outcome).toBe('miss')
  })

  it('gives up on a device on which it breaks down again and again', async () => {
    host = createHost(() => scripted('setTimeout(() => { throw new Error("broken") }); return'))
    await open()
    const codes: string[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      await host
        .classify(signal, frame(), gate)
        .catch((thrown: unknown) => codes.push((thrown as { code: string }).code))
    }
    expect(codes).toEqual([
      'worker-crashed',
      'worker-crashed',
      'worker-crashed',
      'engine-failed',
      'engine-failed',
    ])
    expect(workers).toHaveLength(4)
  })

  it('answers frames that are asked for while the worker starts again', async () => {
    host = createHost((index) =>
      index === 0 ? scripted('setTimeout(() => { throw new Error("broken") }); return') : realWorker(),
    )
    await open()
    const lost = host.classify(signal, frame(), gate)
    await expect(lost).rejects.toMatchObject({ code: 'worker-crashed' })
    const answers = await Promise.all([
      host.classify(signal, frame(), gate),
      host.classify(signal, frame(), gate),
    ])
    expect(answers.map(({ network }) => network)).toEqual(['generalist', 'generalist'])
    expect(workers).toHaveLength(2)
  })

  it('does not call a worker broken for refusing what is wrong', async () => {
    host = createHost(realWorker)
    await open()
    await expect(host.load(signal, 'p0', new Uint8Array(3))).rejects.toMatchObject({ code: 'blob-truncated' })
    await expect(
      host.classify(signal, { width: 3, height: 3, rgba: new Uint8ClampedArray(5) }, gate),
    ).rejects.toMatchObject({ code: 'frame-size-wrong' })
    expect(workers).toHaveLength(1)
    expect(restarts).toEqual([])
  })

  it('knows in which form each partition is there', async () => {
    bundle = await createSampleBundle({ hasDeltas: true })
    host = createHost(realWorker)
    await host.prepare(signal)
    await open()
    const [first] = bundle.manifest.partitions
    await host.load(signal, 'p0', bundle.blobs.get(first?.delta?.sha256 ?? '') ?? new Uint8Array(), 'delta')
    expect(host.held).toEqual([{ id: 'p0', form: 'delta' }])
    await host.refine(signal, 'p0', partitionBytes('p0'))
    expect(host.held).toEqual([{ id: 'p0', form: 'whole' }])
    expect((await host.classify(signal, frame(), gate)).rgb).toBeDefined()
  })
})

describe('InferenceHost and threads', () => {
  it('changes their number under a stream of frames: none is lost, and what was resident still is, in its form', async () => {
    bundle = await createSampleBundle({ hasDeltas: true })
    host = createHost((_index, threads) => workerOn(threads))
    await open()
    await host.load(signal, 'p1', partitionBytes('p1'))
    await host.load(signal, 'p0', deltaBytes('p0'), 'delta')
    const { held } = host
    const expected = await host.classify(signal, frame(), gate)
    for (const threads of [2, 1]) {
      let isChanging = true as boolean
      const changing = host.setThreads(threads).finally(() => (isChanging = false))
      while (isChanging) expect((await host.classify(signal, frame(), gate)).network).toBe('p0')
      await changing
      expect(host.threads.value).toBe(threads)
      expect(host.held).toEqual(held)
      const answer = await host.classify(signal, frame(), gate)
      expect(answer.entropyNats).toBeCloseTo(expected.entropyNats, 4)
    }
    expect(workers).toHaveLength(3)
    expect([restarts, threadsFailures]).toEqual([[], []])
  })

  it('stays with what runs where they do not start, or hang', async () => {
    const scripts = { 2: 'throw new Error("no threads")', 3: '' } as const
    host = createHost(
      (_index, threads) => (threads === 2 || threads === 3 ? running(scripts[threads]) : realWorker()),
      undefined,
      1,
      undefined,
      2_000,
    )
    await open()
    await host.load(signal, 'p0', partitionBytes('p0'))
    await host.setThreads(2)
    await host.setThreads(3)
    expect(threadsFailures).toEqual(['worker-crashed, 1', 'worker-timeout, 1'])
    expect(host.threads.value).toBe(1)
    expect((await host.classify(signal, frame(), gate)).network).toBe('p0')
    expect([restarts, reloaded]).toEqual([[], []])
  })

  it('begins with one where they do not start', async () => {
    host = createHost((index) => (index === 0 ? running('') : realWorker()), 10_000, 2, undefined, 2_000)
    await host.prepare(signal)
    await open()
    expect(threadsFailures).toEqual(['worker-timeout, 1'])
    expect(host.threads.value).toBe(1)
    expect((await host.classify(signal, frame(), gate)).outcome).toBe('miss')
  })

  it('goes on with one where they break down later', async () => {
    host = createHost(
      (index) =>
        index === 0 ? scripted('setTimeout(() => { throw new Error("broken") }); return') : realWorker(),
      10_000,
      2,
    )
    await open()
    await expect(host.classify(signal, frame(), gate)).rejects.toMatchObject({ code: 'worker-crashed' })
    expect(threadsFailures).toEqual(['worker-crashed, 1'])
    expect(restarts).toEqual(['worker-crashed'])
    expect(host.threads.value).toBe(1)
    expect((await host.classify(signal, frame(), gate)).outcome).toBe('miss')
  })

  it('takes the last of several wishes', async () => {
    host = createHost((_index, threads) => workerOn(threads))
    await open()
    await Promise.all([host.setThreads(2), host.setThreads(1), host.setThreads(2)])
    expect(host.threads.value).toBe(2)
    await Promise.all([host.setThreads(1), host.setThreads(2)])
    expect(host.threads.value).toBe(2)
    expect(threadsFailures).toEqual([])
  })
})

describe('InferenceHost with small networks', () => {
  /** The page's engine, with a look at what it is asked and a say in what it answers. */
  let inPage: string[]
  const watched =
    (change: (kind: string, answer: unknown) => unknown = (_kind, answer) => answer) =>
    (): InferenceClient => {
      const engine = createInPageEngine()
      return {
        ...engine,
        call: async (callSignal, request, options) => {
          inPage.push(request.kind)
          return change(request.kind, await engine.call(callSignal, request, options)) as never
        },
      }
    }
  const answeredInPage = (): number => inPage.filter((kind) => kind === 'classify').length
  const answer = (image: FrameImage = frame(), isKept = false): Promise<Classification> =>
    host.classify(signal, image, gate, { isKept })
  async function untilInPage(): Promise<void> {
    for (let number = 0; number < 8; number++) await answer()
    await vi.waitFor(() => expect(inPage).toContain('open'))
    await vi.waitFor(async () => {
      await answer()
      expect(answeredInPage()).toBeGreaterThan(0)
    })
  }
  beforeEach(() => {
    inPage = []
  })

  it('moves them to the page, where they answer the same, with what was resident', async () => {
    host = createHost(realWorker, 10_000, 1, watched())
    await open()
    for (const id of ['p0', 'p1']) await host.load(signal, id, partitionBytes(id))
    const { timings: _, ...inWorker } = await answer()
    await untilInPage()
    const { timings: __, ...here } = await answer()
    expect(here).toEqual(inWorker)
    expect(host.residents.value).toEqual(['p1', 'p0'])
    expect(host.threads.value).toBe(1)
    await host.load(signal, 'p2', partitionBytes('p2'))
    expect((await answer()).residents).toEqual(['p2', 'p1'])
    expect(workers).toHaveLength(1)
  })

  it('keeps a bitmap there that is kept, and closes one that was handed over', async () => {
    host = createHost(realWorker, 10_000, 1, watched())
    await open()
    await untilInPage()
    const bitmap = await createImageBitmap(new ImageData(16, 16))
    await answer(bitmap, true)
    expect(bitmap.width).toBe(16)
    await answer(bitmap)
    expect(bitmap.width).toBe(0)
  })

  it('gives the picture of the last frame for an edge that reads another size, in a worker and in the page', async () => {
    host = createHost(realWorker, 10_000, 1, watched())
    const input = { ...bundle.manifest.input, width: 40, height: 40 }
    const full = {
      kind: 'onnx',
      input,
      features: 4,
      outputs: 4,
      isBatched: true,
      megaMacs: 1,
      activationBytes: 1,
    } as const
    const manifest = { ...bundle.manifest, networks: { ...bundle.manifest.networks, full } }
    await host.open(signal, {
      manifest,
      generalist: bytesOf(manifest.generalist.whole.sha256),
      maxPartitions: 2,
    })
    const pictureOf = async (): Promise<string> => {
      const bitmap = await createImageBitmap(new ImageData(60, 50))
      const { frame: number } = await answer(bitmap)
      const { type, bytes } = await host.picture(signal, number ?? 0)
      const { width, height } = await createImageBitmap(new Blob([bytes], { type }))
      return `${type} ${width}x${height}`
    }
    expect(await pictureOf()).toBe('image/webp 40x40')
    await untilInPage()
    expect(await pictureOf()).toBe('image/webp 40x40')
    const gone = await createImageBitmap(new ImageData(60, 50))
    const { frame: number } = await answer(gone)
    await answer()
    expect(gone.width).toBe(0)
    await expect(host.picture(signal, number ?? 0)).rejects.toMatchObject({ code: 'frame-empty' })
  })

  it('moves them back where they take too long', async () => {
    host = createHost(
      realWorker,
      10_000,
      1,
      watched((kind, answered) =>
        kind === 'classify'
          ? { ...(answered as Classification), timings: { pixelsMs: 0, inferenceMs: 40 } }
          : answered,
      ),
    )
    await open()
    await untilInPage()
    for (let number = 0; number < 8; number++) await answer()
    await vi.waitFor(async () => {
      const before = answeredInPage()
      await answer()
      expect(answeredInPage()).toBe(before)
    })
    expect(workers).toHaveLength(2)
  })

  it('leaves them in the worker where the page cannot run them, and does not ask again', async () => {
    let tries = 0
    host = createHost(realWorker, 10_000, 1, () => {
      tries++
      return {
        ...createInPageEngine(),
        call: () => Promise.reject(new CacheNetError('engine-failed', 'Not here.')),
      }
    })
    await open()
    for (let number = 0; number < 30; number++) await answer()
    expect([tries, workers.length, threadsFailures]).toEqual([1, 1, []])
  })

  it('goes on in a worker where they break down, and loses one frame', async () => {
    let isBroken = false
    host = createHost(
      realWorker,
      10_000,
      1,
      watched((kind, answered) => {
        if (kind === 'classify' && isBroken) throw new CacheNetError('engine-failed', 'Trapped.')
        return answered
      }),
    )
    await open()
    await untilInPage()
    isBroken = true
    await expect(answer()).rejects.toMatchObject({ code: 'worker-crashed' })
    for (let number = 0; number < 20; number++) await answer()
    expect([restarts, workers.length]).toEqual([['engine-failed'], 2])
  })

  it('tries another bundle in a worker first', async () => {
    host = createHost(realWorker, 10_000, 1, watched())
    await open()
    await untilInPage()
    const before = answeredInPage()
    await open()
    await answer()
    expect([answeredInPage(), workers.length, restarts]).toEqual([before, 2, []])
  })

  it('leaves the page for as many threads as are wanted', async () => {
    host = createHost((_index, threads) => workerOn(threads), 10_000, 1, watched())
    await open()
    await untilInPage()
    await host.setThreads(2)
    const before = answeredInPage()
    for (let number = 0; number < 12; number++) await answer()
    expect([host.threads.value, answeredInPage()]).toEqual([2, before])
  })
})

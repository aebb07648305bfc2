import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../../core/testing/sample-bundle.ts'
import type { RawImage } from '../../messages/inference.ts'
import { inferenceWorkerName } from '../../messages/inference-worker-name.ts'
import { InferenceHost } from './inference-host.ts'

const { signal } = new AbortController()
const gate = { thresholdNats: 0, generalistThresholdNats: 0, maxProbes: 1, order: 'recent-first', asksGeneralist: false } as const

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
const deltaBytes = (id: string): Uint8Array<ArrayBuffer> => bytesOf(bundle.manifest.partitions.find((partition) => partition.id === id)?.delta?.sha256)
const partitionBytes = (id: string): Uint8Array<ArrayBuffer> => bytesOf(bundle.manifest.partitions.find((partition) => partition.id === id)?.whole.sha256)

const realWorker = (): Worker => new Worker(new URL('../../inference-worker/main.ts', import.meta.url), { type: 'module' })

const workerOn = (threads: number): Worker =>
  threads === 1 ? realWorker() : new Worker(new URL('../../inference-worker/main-threaded.ts', import.meta.url), { type: 'module', name: inferenceWorkerName(threads) })

const running = (script: string): Worker => new Worker(URL.createObjectURL(new Blob([script])))

/** A worker that opens like the real one and then never answers a frame. */
const scripted = (onClassify: string): Worker =>
  running(`
    addEventListener('message', ({ data: { rpc, id, request } }) => {
      if (rpc !== 'request') return
      if (request.kind === 'classify') { ${onClassify} }
      postMessage({ rpc: 'answer', id, answer: request.kind === 'open' ? { warmUpMs: 1 } : request.kind === 'prepare' ? null : { residents: request.kind === 'load' ? [request.id] : [] } })
    })`)

function createHost(createWorker: (index: number, threads: number) => Worker, frameLimitMs = 10_000, threads = 1): InferenceHost {
  return new InferenceHost({
    frameLimitMs,
    threads,
    threadsLimitMs: 2_000,
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
  host.open(signal, { manifest: bundle.manifest, generalist: bytesOf(bundle.manifest.generalist.whole.sha256), maxPartitions: 2 })

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
    host = createHost((index) => (index === 0 ? scripted('setTimeout(() => { throw new Error("broken") }); return') : realWorker()))
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
      await host.classify(signal, frame(), gate).catch((thrown: unknown) => codes.push((thrown as { code: string }).code))
    }
    expect(codes).toEqual(['worker-crashed', 'worker-crashed', 'worker-crashed', 'engine-failed', 'engine-failed'])
    expect(workers).toHaveLength(4)
  })

  it('answers frames that are asked for while the worker starts again', async () => {
    host = createHost((index) => (index === 0 ? scripted('setTimeout(() => { throw new Error("broken") }); return') : realWorker()))
    await open()
    const lost = host.classify(signal, frame(), gate)
    await expect(lost).rejects.toMatchObject({ code: 'worker-crashed' })
    const answers = await Promise.all([host.classify(signal, frame(), gate), host.classify(signal, frame(), gate)])
    expect(answers.map(({ network }) => network)).toEqual(['generalist', 'generalist'])
    expect(workers).toHaveLength(2)
  })

  it('does not call a worker broken for refusing what is wrong', async () => {
    host = createHost(realWorker)
    await open()
    await expect(host.load(signal, 'p0', new Uint8Array(3))).rejects.toMatchObject({ code: 'blob-truncated' })
    await expect(host.classify(signal, { width: 3, height: 3, rgba: new Uint8ClampedArray(5) }, gate)).rejects.toMatchObject({ code: 'frame-size-wrong' })
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
    expect((await host.classify(signal, frame(), gate, { isAudited: true })).rgb).toBeDefined()
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
    host = createHost((_index, threads) => (threads === 2 || threads === 3 ? running(scripts[threads]) : realWorker()))
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
    host = createHost((index) => (index === 0 ? running('') : realWorker()), 10_000, 2)
    await host.prepare(signal)
    await open()
    expect(threadsFailures).toEqual(['worker-timeout, 1'])
    expect(host.threads.value).toBe(1)
    expect((await host.classify(signal, frame(), gate)).outcome).toBe('miss')
  })

  it('goes on with one where they break down later', async () => {
    host = createHost((index) => (index === 0 ? scripted('setTimeout(() => { throw new Error("broken") }); return') : realWorker()), 10_000, 2)
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

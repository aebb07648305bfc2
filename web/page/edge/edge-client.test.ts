import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSampleBundle } from '../../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import {
  apiPaths,
  hitsHeader,
  hitsLimit,
  manifestHeader,
  rawFrameType,
  type FrameAnswer,
} from '../../../core/wire/frames.ts'
import { checkedHeader, learnHeader } from '../../../core/wire/places.ts'
import { createEdgeClient, type EdgeClient } from './edge-client.ts'

const { manifest } = await createSampleBundle()
const [partition] = manifest.partitions
if (partition === undefined) throw new RangeError('The sample has partitions.')
const answer: FrameAnswer = {
  classIndex: 1,
  label: 'bee',
  probabilities: [0.1, 0.9, 0, 0],
  entropyNats: 0.3,
  code: [1, 0, 0, 0],
  partition: { id: partition.id, whole: partition.whole },
  answeredBy: 'full',
  timings: { decodeMs: 0, queueMs: 0, inferenceMs: 1 },
}
const own = 'a'.repeat(64)
const other = 'b'.repeat(64)

type Edge = (request: Request) => Promise<Response>
const healthy: Edge = () => Promise.resolve(Response.json(answer))
const away: Edge = () => Promise.reject(new TypeError('Failed to fetch'))
const refusing =
  (code: 'bundle-changed' | 'edge-overloaded' | 'frame-size-wrong'): Edge =>
  () => {
    const error = new CacheNetError(code, 'no')
    return Promise.resolve(Response.json(error.toBody(), { status: error.status }))
  }
const hanging: Edge = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
  })

let edge: Edge
let requests: Request[]
let client: EdgeClient
let doubts: number
const { signal } = new AbortController()
const frame = new Uint8Array([1, 2, 3])

beforeEach(() => {
  vi.useFakeTimers()
  requests = []
  edge = healthy
  doubts = 0
  client = createClient('http://edge.test')
})

function createClient(baseUrl: string, learnStream: () => string | undefined = () => undefined): EdgeClient {
  return createEdgeClient({
    baseUrl,
    learnStream,
    manifest,
    manifestSha256: own,
    onDoubt: () => doubts++,
    random: () => 1,
    fetch: (url, init) => {
      const request = new Request(new URL(url as string, 'http://edge.test'), init)
      requests.push(request)
      return edge(request)
    },
  })
}
afterEach(() => {
  client.close()
  vi.useRealTimers()
})

/** Lets time pass until the promise is settled, and gives its code or `answered`. */
async function outcome(promise: Promise<unknown>): Promise<string> {
  const settled = promise.then(
    () => 'answered',
    (thrown: unknown) => CacheNetError.from(thrown).code,
  )
  await vi.advanceTimersByTimeAsync(10_000)
  return settled
}

describe('EdgeClient', () => {
  it('posts the bytes of the frame, and counts bytes both ways', async () => {
    expect(client.state.value).toBe('unknown')
    const result = await client.answer(signal, frame)
    expect(result).toEqual({ answer, bytesUp: 3, bytesDown: JSON.stringify(answer).length })
    expect(requests[0]?.url).toBe(`http://edge.test${apiPaths.frames('sample')}`)
    expect(requests[0]?.headers.get('content-type')).toBe(rawFrameType)
    expect(new Uint8Array((await requests[0]?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(frame)
    expect(client.state.value).toBe('online')
  })

  it('tells an edge that learns what was checked, once, with the next frame that comes through', async () => {
    let stream: string | undefined = 'abc'
    client.close()
    client = createClient('', () => stream)
    client.noteChecked(true)
    client.noteChecked(false)
    edge = () => Promise.resolve(Response.json(new CacheNetError('internal', 'no').toBody(), { status: 500 }))
    await client.answer(signal, frame).catch(() => undefined)
    edge = healthy
    await client.answer(signal, frame)
    await client.answer(signal, frame)
    expect(requests.map(({ headers }) => headers.get(checkedHeader))).toEqual(['10', '10', null])
    stream = undefined
    client.noteChecked(true)
    await client.answer(signal, frame)
    expect(requests.at(-1)?.headers.get(checkedHeader)).toBeNull()
  })

  it('tries again where that may help', async () => {
    edge = (request) => (requests.length < 3 ? away(request) : healthy(request))
    const pending = client.answer(signal, frame)
    await vi.advanceTimersByTimeAsync(2000)
    expect((await pending).bytesUp).toBe(9)
    expect(requests).toHaveLength(3)
  })

  it('does not try a frame again that the edge refuses for itself, and thinks no less of the edge', async () => {
    await client.answer(signal, frame)
    edge = refusing('frame-size-wrong')
    for (let count = 0; count < 5; count++)
      expect(await outcome(client.answer(signal, frame))).toBe('frame-size-wrong')
    expect(requests).toHaveLength(6)
    expect(client.state.value).toBe('online')
  })

  it('says so where the answer is not one', async () => {
    edge = () => Promise.resolve(new Response('<!doctype html>'))
    expect(await outcome(client.answer(signal, frame))).toBe('edge-answer-invalid')
    edge = () => Promise.resolve(Response.json({ ...answer, code: 'none' }))
    expect(await outcome(client.answer(signal, frame))).toBe('edge-answer-invalid')
  })

  it('keeps no frame waiting once the edge has failed three times', async () => {
    edge = away
    expect(await outcome(client.answer(signal, frame))).toBe('edge-unreachable')
    expect(client.state.value).toBe('offline')
    const before = requests.length
    await expect(client.answer(signal, frame)).rejects.toMatchObject({ code: 'edge-unreachable' })
    expect(requests).toHaveLength(before)
  })

  it('gives an edge that hangs five seconds, once', async () => {
    edge = hanging
    const first = client.answer(signal, frame)
    first.catch(() => undefined)
    await vi.advanceTimersByTimeAsync(4999)
    expect(client.state.value).toBe('unknown')
    await vi.advanceTimersByTimeAsync(1)
    await expect(first).rejects.toMatchObject({ code: 'edge-timeout' })
    expect(requests[0]?.signal.aborted).toBe(true)
    await expect(client.answer(signal, frame)).rejects.toMatchObject({ code: 'edge-unreachable' })
  })

  it('notices by itself that the edge is back, and then sends frames again', async () => {
    edge = refusing('edge-overloaded')
    expect(await outcome(client.answer(signal, frame))).toBe('edge-overloaded')
    expect(client.state.value).toBe('offline')
    edge = healthy
    await vi.advanceTimersByTimeAsync(6000)
    expect(client.state.value).toBe('online')
    expect((await client.answer(signal, frame)).answer.label).toBe('bee')
  })

  it('probes at once when told that the network may be back', async () => {
    edge = away
    await outcome(client.answer(signal, frame))
    edge = healthy
    client.retryNow()
    await vi.advanceTimersByTimeAsync(1)
    expect(client.state.value).toBe('online')
  })

  it('stops when it is called off, and does not hold that against the edge', async () => {
    edge = hanging
    const controller = new AbortController()
    const pending = client.answer(controller.signal, frame)
    controller.abort()
    await expect(pending).rejects.toMatchObject({ code: 'aborted' })
    expect(requests[0]?.signal.aborted).toBe(true)
    edge = healthy
    expect((await client.answer(signal, frame)).answer).toEqual(answer)
  })

  it('reports hits with the next frame that is answered, each of them once', async () => {
    const reported = (): (string | null)[] => requests.splice(0).map(({ headers }) => headers.get(hitsHeader))
    for (let count = 0; count < 3; count++) client.noteHit()
    await client.answer(signal, frame)
    expect(reported()).toEqual(['3'])
    await client.answer(signal, frame)
    expect(reported()).toEqual([null])

    client.noteHit()
    edge = refusing('frame-size-wrong')
    expect(await outcome(client.answer(signal, frame))).toBe('frame-size-wrong')
    client.noteHit()
    edge = healthy
    await client.audit(signal, frame, 1)
    expect(reported()).toEqual(['1', '2'])
  })

  it('lets the edge keep a frame only while somebody says so', async () => {
    let stream: string | undefined
    client.close()
    client = createClient('http://edge.test', () => stream)
    await client.answer(signal, frame)
    stream = 'abc'
    await client.answer(signal, frame)
    await client.audit(signal, frame, 1)
    stream = undefined
    await client.answer(signal, frame)
    expect(requests.map(({ headers }) => headers.get(learnHeader))).toEqual([null, 'abc', 'abc', null])
  })

  it('reports no more hits at once than the edge takes', async () => {
    for (let count = 0; count < hitsLimit + 4; count++) client.noteHit()
    await client.answer(signal, frame)
    await client.answer(signal, frame)
    expect(requests.map(({ headers }) => headers.get(hitsHeader))).toEqual([String(hitsLimit - 1), '5'])
  })

  it('probes no more once it is closed', async () => {
    edge = away
    await outcome(client.answer(signal, frame))
    client.close()
    const before = requests.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(requests).toHaveLength(before)
  })
})

describe('the manifest that answers are read by', () => {
  const hashes = (): (string | null)[] => requests.map(({ headers }) => headers.get(manifestHeader))
  const answering =
    (hash: string | undefined, changes: Partial<FrameAnswer> = {}): Edge =>
    () =>
      Promise.resolve(
        Response.json(
          { ...answer, ...changes },
          { headers: hash === undefined ? {} : { [manifestHeader]: hash } },
        ),
      )

  it('goes with every frame to the edge of the page', async () => {
    client = createClient('')
    expect(await outcome(client.answer(signal, frame))).toBe('answered')
    expect(hashes()).toEqual([own])
  })

  it('goes to an edge elsewhere once that has said that it knows of it: one that does not would refuse the header', async () => {
    expect(await outcome(client.answer(signal, frame))).toBe('answered')
    edge = answering(own)
    for (let count = 0; count < 2; count++)
      expect(await outcome(client.answer(signal, frame))).toBe('answered')
    expect(hashes()).toEqual([null, null, own])
    expect(doubts).toBe(0)
  })

  it.each([
    ['the edge refuses the frame', refusing('bundle-changed')],
    ['the edge answers by another', answering(other)],
  ])('is doubted where %s; nothing is shown, and no frame is sent for a while', async (_, changed) => {
    edge = changed
    expect(await outcome(client.answer(signal, frame))).toBe('bundle-changed')
    expect([doubts, client.state.value]).toEqual([1, 'unknown'])
    edge = answering(own)
    expect(await outcome(client.answer(signal, frame))).toBe('answered')
  })

  it('lets no frame go to an edge of another version for some seconds', async () => {
    edge = refusing('bundle-changed')
    const codes = Promise.all(
      [1, 2, 3].map(async (delay) => {
        await new Promise((resolve) => setTimeout(resolve, delay * 500))
        return client.answer(signal, frame).catch((thrown: unknown) => CacheNetError.from(thrown).code)
      }),
    )
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await codes).toEqual(['bundle-changed', 'bundle-changed', 'bundle-changed'])
    expect(requests).toHaveLength(1)
  })

  it('is what an answer has to fit', async () => {
    edge = answering(own, { probabilities: [0.9, 0.1, 0, 0] })
    expect(await outcome(client.answer(signal, frame))).toBe('edge-answer-invalid')
    expect(doubts).toBe(1)
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createRpcClient, type RpcClientOptions } from './rpc-client.ts'
import { MovedAnswer, serveRpc, type RpcHandlers } from './rpc-server.ts'
import { parseWireMessage, type RpcPort, type RpcProtocol } from './rpc.ts'

type Request =
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'reverse'; readonly bytes: ArrayBuffer }
interface Answers {
  double: number
  wait: string
  reverse: ArrayBuffer
}
interface Tick {
  readonly count: number
}

function asNumber(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('not a number')
  return value
}

const protocol: RpcProtocol<Request, Answers, Tick> = {
  parseRequest(value) {
    const request = value as Request
    if (!['double', 'wait', 'reverse'].includes(request.kind)) throw new TypeError('unknown kind')
    return request
  },
  parseAnswer: { double: asNumber, wait: String, reverse: (value) => value as ArrayBuffer },
  parseEvent: (value) => ({ count: asNumber((value as { count: unknown }).count) }),
}

const aborted: boolean[] = []
const handlers: RpcHandlers<Request, Answers> = {
  double: (_signal, { value }) => {
    if (value < 0)
      throw new CacheNetError('frame-size-wrong', 'Negative.', { value, cannotBeCloned: () => value })
    return value * 2
  },
  wait: (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted.push(true)
        reject(new CacheNetError('aborted', 'Called off.'))
      })
    }),
  reverse: (_signal, { bytes }) => {
    const reversed = new Uint8Array(bytes).reverse().buffer
    return new MovedAnswer(reversed, [reversed])
  },
}

const opened: MessagePort[] = []
afterEach(() => {
  for (const port of opened.splice(0)) port.close()
  aborted.length = 0
})

function connect(options: RpcClientOptions & { maxRunning?: number } = {}) {
  const { port1, port2 } = new MessageChannel()
  opened.push(port1, port2)
  const served = serveRpc(
    port1 as RpcPort,
    protocol,
    handlers,
    options.maxRunning === undefined ? {} : { maxRunning: options.maxRunning },
  )
  return { client: createRpcClient(port2 as RpcPort, protocol, options), served, port: port2 }
}

const never = new AbortController().signal
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof CacheNetError ? error.code : String(error)),
  )

describe('a call over a wire', () => {
  it('is answered, each by its own answer', async () => {
    const { client } = connect()
    expect(
      await Promise.all([1, 2, 3].map((value) => client.call(never, { kind: 'double', value }))),
    ).toEqual([2, 4, 6])
  })

  it('is typed: the answer follows from the kind', async () => {
    const { client } = connect()
    const doubled: number = await client.call(never, { kind: 'double', value: 2 })
    expect(doubled).toBe(4)
    // @ts-expect-error there is no such kind
    expect(await codeOf(client.call(never, { kind: 'triple', value: 2 }))).toBe('request-invalid')
  })

  it('moves buffers instead of copying them, both ways', async () => {
    const { client } = connect()
    const { buffer } = Uint8Array.of(1, 2, 3)
    const reversed = await client.call(never, { kind: 'reverse', bytes: buffer }, { transfer: [buffer] })
    expect(buffer.byteLength).toBe(0)
    expect([...new Uint8Array(reversed)]).toEqual([3, 2, 1])
  })

  it('fails with the code of the other side, even where the details cannot be cloned', async () => {
    const { client } = connect()
    expect(await codeOf(client.call(never, { kind: 'double', value: -1 }))).toBe('frame-size-wrong')
  })

  it('ends when it is called off, and the work on the other side with it', async () => {
    const { client } = connect()
    const controller = new AbortController()
    const call = client.call(controller.signal, { kind: 'wait' })
    controller.abort()
    expect(await codeOf(call)).toBe('aborted')
    await vi.waitFor(() => expect(aborted).toEqual([true]))
    expect(await codeOf(client.call(AbortSignal.abort(), { kind: 'wait' }))).toBe('aborted')
  })

  it('ends at its time limit, and the work on the other side with it', async () => {
    const { client } = connect({ timeLimitMs: 20 })
    expect(await codeOf(client.call(never, { kind: 'wait' }))).toBe('worker-timeout')
    await vi.waitFor(() => expect(aborted).toEqual([true]))
  })

  it('is refused while too many wait, on either side', async () => {
    const asking = connect({ maxWaiting: 1 })
    const waiting = codeOf(asking.client.call(never, { kind: 'wait' }))
    expect(await codeOf(asking.client.call(never, { kind: 'double', value: 1 }))).toBe('worker-overloaded')
    asking.client.close()
    expect(await waiting).toBe('worker-crashed')

    const answering = connect({ maxRunning: 1 })
    const running = codeOf(answering.client.call(never, { kind: 'wait' }))
    expect(await codeOf(answering.client.call(never, { kind: 'double', value: 1 }))).toBe('worker-overloaded')
    answering.client.close()
    expect(await running).toBe('worker-crashed')
  })

  it('fails at once after closing, with the reason given', async () => {
    const { client } = connect()
    client.close(new CacheNetError('engine-failed', 'Gone.'))
    expect(await codeOf(client.call(never, { kind: 'wait' }))).toBe('engine-failed')
  })

  it('fails when its answer is not what the protocol says', async () => {
    const { client, served, port } = connect()
    served.stop()
    opened[0]?.addEventListener('message', ({ data }) => {
      const message = parseWireMessage(data)
      if (message?.rpc === 'request')
        opened[0]?.postMessage({ rpc: 'answer', id: message.id, answer: 'four' })
    })
    expect(port).toBeDefined()
    expect(await codeOf(client.call(never, { kind: 'double', value: 2 }))).toBe('internal')
  })
})

describe('events over a wire', () => {
  it('reach every listener until it stops; strange ones reach none', async () => {
    const { client, served } = connect()
    const first: number[] = []
    const second: number[] = []
    const stop = client.onEvent(({ count }) => first.push(count))
    client.onEvent(({ count }) => second.push(count))
    served.emit({ count: 1 })
    opened[0]?.postMessage({ rpc: 'event', event: { count: 'strange' } })
    opened[0]?.postMessage('strange')
    await client.call(never, { kind: 'double', value: 1 })
    stop()
    served.emit({ count: 2 })
    await client.call(never, { kind: 'double', value: 1 })
    expect(first).toEqual([1])
    expect(second).toEqual([1, 2])
  })
})

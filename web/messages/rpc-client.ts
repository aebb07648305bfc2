import { CacheNetError } from '../../core/wire/errors.ts'
import { parseWireMessage, type RpcPort, type RpcProtocol, type RpcRequest, type WireMessage } from './rpc.ts'

export interface RpcCallOptions {
  /** Moved to the other side, not copied. */
  readonly transfer?: Transferable[]
  readonly timeLimitMs?: number
}

export interface RpcClient<
  Request extends RpcRequest,
  Answers extends Record<Request['kind'], unknown>,
  Event,
> {
  /**
   * Asks the other side. Rejects with the error's own code as it was there, or `aborted`, `worker-timeout`
   * (no answer within the time limit), `worker-overloaded` (too many calls are waiting), `worker-crashed`
   * (closed meanwhile).
   */
  call<Asked extends Request>(
    signal: AbortSignal,
    request: Asked,
    options?: RpcCallOptions,
  ): Promise<Answers[Asked['kind']]>
  /** Hears what the other side sends unasked. Returns the way to stop. */
  onEvent(listener: (event: Event) => void): () => void
  /** Fails every waiting call with `reason` (by default `worker-crashed`) and all calls after it. */
  close(reason?: CacheNetError): void
}

export interface RpcClientOptions {
  /** For calls that name none. */
  readonly timeLimitMs?: number
  /** How many calls may wait for their answer at once. */
  readonly maxWaiting?: number
}

interface Waiting {
  readonly kind: string
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: CacheNetError) => void
}

const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('')

/** The asking end of a wire. */
export function createRpcClient<
  Request extends RpcRequest,
  Answers extends Record<Request['kind'], unknown>,
  Event,
>(
  port: RpcPort,
  protocol: RpcProtocol<Request, Answers, Event>,
  { timeLimitMs: defaultLimitMs = 30_000, maxWaiting = 64 }: RpcClientOptions = {},
): RpcClient<Request, Answers, Event> {
  const waiting = new Map<string, Waiting>()
  const listeners = new Set<(event: Event) => void>()
  // Several clients may talk to one service worker, which tells their calls apart by id.
  const name = randomId()
  let calls = 0
  let closedBy: CacheNetError | undefined

  const tell = (value: unknown): void => {
    let event: Event
    try {
      event = protocol.parseEvent(value)
    } catch {
      // Sent by another version of the app: nothing here knows what to do with it.
      return
    }
    for (const listener of listeners) listener(event)
  }

  const receive = ({ data }: MessageEvent<unknown>): void => {
    const message = parseWireMessage(data)
    if (message === undefined) return
    switch (message.rpc) {
      case 'answer':
        waiting.get(message.id)?.resolve(message.answer)
        return
      case 'failure':
        waiting.get(message.id)?.reject(CacheNetError.fromBody(message.body))
        return
      case 'event':
        tell(message.event)
        return
      case 'request':
      case 'abort':
        return
      default:
        message satisfies never
    }
  }
  port.addEventListener('message', receive)
  port.start?.()

  return {
    async call<Asked extends Request>(
      signal: AbortSignal,
      request: Asked,
      options: RpcCallOptions = {},
    ): Promise<Answers[Asked['kind']]> {
      const { transfer = [], timeLimitMs = defaultLimitMs } = options
      const kind: Asked['kind'] = request.kind
      if (closedBy !== undefined) throw closedBy
      if (signal.aborted) throw new CacheNetError('aborted', 'The request was called off.', { kind })
      if (waiting.size >= maxWaiting) {
        throw new CacheNetError(
          'worker-overloaded',
          'Too many requests are waiting; nothing was lost. Try again in a moment.',
          { kind },
        )
      }
      const id = `${name}-${calls++}`
      const post = (message: WireMessage, moved: Transferable[] = []): void =>
        port.postMessage(message, moved)
      let timer: ReturnType<typeof setTimeout> | undefined
      let onAbort: (() => void) | undefined
      try {
        const answer = await new Promise<unknown>((resolve, reject) => {
          waiting.set(id, { kind, resolve, reject })
          const giveUp = (error: CacheNetError): void => {
            reject(error)
            post({ rpc: 'abort', id })
          }
          onAbort = () => giveUp(new CacheNetError('aborted', 'The request was called off.', { kind }))
          signal.addEventListener('abort', onAbort, { once: true })
          timer = setTimeout(() => {
            giveUp(
              new CacheNetError('worker-timeout', 'A part of the app did not answer in time. Try again.', {
                kind,
                timeLimitMs,
              }),
            )
          }, timeLimitMs)
          post({ rpc: 'request', id, request }, transfer)
        })
        return protocol.parseAnswer[kind](answer)
      } catch (thrown) {
        throw CacheNetError.from(thrown)
      } finally {
        waiting.delete(id)
        clearTimeout(timer)
        if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
      }
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close(
      reason = new CacheNetError(
        'worker-crashed',
        'A part of the app has stopped. Reload the page if it does not start again.',
      ),
    ) {
      closedBy = reason
      port.removeEventListener('message', receive)
      for (const { reject } of waiting.values()) reject(reason)
    },
  }
}

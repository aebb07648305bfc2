import { CacheNetError } from '../../core/wire/errors.ts'
import {
  parseWireMessage,
  postEvent,
  type RpcPort,
  type RpcProtocol,
  type RpcRequest,
  type RpcTarget,
  type WireMessage,
} from './rpc.ts'

/** An answer whose buffers are moved to the asking side, not copied. */
export class MovedAnswer<Answer> {
  readonly answer: Answer
  readonly transfer: Transferable[]

  constructor(answer: Answer, transfer: Transferable[]) {
    this.answer = answer
    this.transfer = transfer
  }
}

type Handler<Asked, Answer> = (
  signal: AbortSignal,
  request: Asked,
) => Promise<Answer | MovedAnswer<Answer>> | Answer | MovedAnswer<Answer>

/** One function for each kind of request. Whatever it throws reaches the asking side with its code. */
export type RpcHandlers<Request extends RpcRequest, Answers extends Record<Request['kind'], unknown>> = {
  readonly [Kind in Request['kind']]: Handler<Extract<Request, { readonly kind: Kind }>, Answers[Kind]>
}

export interface RpcServer {
  /**
   * Handles one message and answers to `reply`; settles (never rejects) when there is no more to do: for
   * `waitUntil`.
   */
  receive(message: unknown, reply: RpcTarget): Promise<void>
}

/**
 * The answering end, for whoever receives the messages by itself (a service worker, which must `waitUntil`).
 */
export function createRpcServer<
  Request extends RpcRequest,
  Answers extends Record<Request['kind'], unknown>,
  Event,
>(
  protocol: RpcProtocol<Request, Answers, Event>,
  handlers: RpcHandlers<Request, Answers>,
  { maxRunning = 64 }: { readonly maxRunning?: number } = {},
): RpcServer {
  const running = new Map<string, AbortController>()

  async function answer(
    id: string,
    value: unknown,
  ): Promise<{ message: WireMessage; transfer: Transferable[] }> {
    if (running.has(id)) throw new CacheNetError('request-invalid', 'Two requests carry the same id.', { id })
    if (running.size >= maxRunning) {
      throw new CacheNetError(
        'worker-overloaded',
        'Too many requests are running; nothing was lost. Try again in a moment.',
        { maxRunning },
      )
    }
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const request = parseRequest(protocol, value)
      const handle = handlers[request.kind as Request['kind']] as Handler<Request, unknown>
      const result = await handle(controller.signal, request)
      return result instanceof MovedAnswer
        ? { message: { rpc: 'answer', id, answer: result.answer as unknown }, transfer: result.transfer }
        : { message: { rpc: 'answer', id, answer: result }, transfer: [] }
    } finally {
      running.delete(id)
    }
  }

  return {
    async receive(value, reply) {
      const message = parseWireMessage(value)
      if (message?.rpc === 'abort') running.get(message.id)?.abort()
      if (message?.rpc !== 'request') return
      const { id } = message
      try {
        const { message: answered, transfer } = await answer(id, message.request)
        reply.postMessage(answered, transfer)
      } catch (thrown) {
        // Details that cannot be cloned must not cost the asking side its answer.
        const { error } = CacheNetError.from(thrown).toBody()
        try {
          reply.postMessage({ rpc: 'failure', id, body: { error } } satisfies WireMessage, [])
        } catch {
          reply.postMessage(
            {
              rpc: 'failure',
              id,
              body: { error: { code: error.code, message: error.message } },
            } satisfies WireMessage,
            [],
          )
        }
      }
    },
  }
}

function parseRequest<Request extends RpcRequest>(
  protocol: { parseRequest(value: unknown): Request },
  value: unknown,
): Request {
  try {
    return protocol.parseRequest(value)
  } catch (thrown) {
    throw new CacheNetError(
      'request-invalid',
      'A part of the app was asked something it does not know. Reload the page.',
      {},
      { cause: thrown },
    )
  }
}

/** The answering end on a port of its own (a Web Worker): serves until the returned function is called. */
export function serveRpc<Request extends RpcRequest, Answers extends Record<Request['kind'], unknown>, Event>(
  port: RpcPort,
  protocol: RpcProtocol<Request, Answers, Event>,
  handlers: RpcHandlers<Request, Answers>,
  options: { readonly maxRunning?: number } = {},
): { readonly emit: (event: Event, transfer?: Transferable[]) => void; readonly stop: () => void } {
  const server = createRpcServer(protocol, handlers, options)
  const receive = ({ data }: MessageEvent<unknown>): void => void server.receive(data, port)
  port.addEventListener('message', receive)
  port.start?.()
  return {
    emit: (event, transfer = []) => postEvent(port, event, transfer),
    stop: () => port.removeEventListener('message', receive),
  }
}

/** One member of a discriminated union of requests: what is asked (`kind`) together with its payload. */
export interface RpcRequest {
  readonly kind: string
}

/**
 * What two threads say to each other, parsed on arrival: the other side may be of another version of the app.
 * `Answers` maps each request's kind to what it is answered with.
 */
export interface RpcProtocol<
  Request extends RpcRequest,
  Answers extends Record<Request['kind'], unknown>,
  Event,
> {
  parseRequest(value: unknown): Request
  readonly parseAnswer: { readonly [Kind in Request['kind']]: (value: unknown) => Answers[Kind] }
  parseEvent(value: unknown): Event
}

/** Where messages are posted to: a worker, a port, a client of a service worker. */
export interface RpcTarget {
  postMessage(message: unknown, transfer: Transferable[]): void
}

/** Both ends of a wire: a `Worker`, a `MessagePort`, a worker's own global scope. */
export interface RpcPort extends RpcTarget {
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void
  removeEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void
  /** A `MessagePort` delivers nothing before it is started. */
  start?(): void
}

/** Everything that goes over the wire, in both directions. */
export type WireMessage =
  | { readonly rpc: 'request'; readonly id: string; readonly request: unknown }
  | { readonly rpc: 'abort'; readonly id: string }
  | { readonly rpc: 'answer'; readonly id: string; readonly answer: unknown }
  | { readonly rpc: 'failure'; readonly id: string; readonly body: unknown }
  | { readonly rpc: 'event'; readonly event: unknown }

/**
 * The message, or undefined for whatever else arrives at the same port (such as workbox-window's own
 * messages). By hand: every worker carries this file, and not each of them a schema library.
 */
export function parseWireMessage(value: unknown): WireMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { rpc, id, request, answer, body, event } = value as Readonly<Record<string, unknown>>
  if (rpc === 'event') return { rpc, event }
  if (typeof id !== 'string') return undefined
  switch (rpc) {
    case 'request':
      return { rpc, id, request }
    case 'abort':
      return { rpc, id }
    case 'answer':
      return { rpc, id, answer }
    case 'failure':
      return { rpc, id, body }
    default:
      return undefined
  }
}

/** Sends an event to everyone at the other end; for service workers, once for each client. */
export function postEvent(target: RpcTarget, event: unknown, transfer: Transferable[] = []): void {
  target.postMessage({ rpc: 'event', event } satisfies WireMessage, transfer)
}

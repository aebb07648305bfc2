import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { loginPage, loginPath, type Spoil } from './network-faults.ts'

/** What can go wrong on the way from an edge to a phone. */
export type Fault =
  /** The connection breaks in the middle of the body. */
  | 'broken-off'
  /** The body ends early, and claims to be whole. */
  | 'short'
  | 'long'
  /** One bit is another. */
  | 'altered'
  /** A web page with status 200, as the login page of a hotel's network. */
  | 'login-page'
  /** The body begins and does not go on. */
  | 'silent'
  /** The body comes in many small pieces. */
  | 'slow'
  /** Nothing comes for as long as the fault is set, and then all of it. */
  | 'held'
  /** All of it comes, a tenth of a second late. */
  | 'late'

export interface FaultProxy {
  readonly origin: string
  /** The edge behind it; may be set to another one. */
  upstream: string
  /** Paths (any part of them) on which something goes wrong, until it is deleted again. */
  readonly faults: Map<string, Fault | Spoil>
  /** How often paths that contain `part` were asked for. */
  requests(part: string): number
  readonly isOnline: boolean
  /** Goes out of reach: every connection breaks, and no new one is taken. */
  goOffline(): Promise<void>
  goOnline(): Promise<void>
  close(): Promise<void>
}

const pieces = 20
const pieceDelayMs = 30
const lateMs = 100
const pollMs = 20

async function misbehave(
  fault: Exclude<Fault, 'held' | 'late'>,
  body: Buffer,
  headers: Record<string, string>,
  response: ServerResponse,
): Promise<void> {
  const half = body.subarray(0, Math.floor(body.byteLength / 2))
  switch (fault) {
    case 'broken-off':
      response.writeHead(200, headers)
      response.write(half, () => response.destroy())
      return
    case 'silent':
      response.writeHead(200, headers)
      response.write(half)
      return
    case 'short':
      response.writeHead(200, { ...headers, 'content-length': String(half.byteLength) })
      response.end(half)
      return
    case 'long':
      response.writeHead(200, { ...headers, 'content-length': String(body.byteLength + 1) })
      response.end(Buffer.concat([body, Buffer.of(0)]))
      return
    case 'altered': {
      const altered = Buffer.from(body)
      altered[0] = (altered[0] ?? 0) ^ 1
      response.writeHead(200, headers)
      response.end(altered)
      return
    }
    case 'login-page':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end('<!doctype html><title>Welcome</title><form>Room number</form>')
      return
    case 'slow': {
      response.writeHead(200, headers)
      const size = Math.ceil(body.byteLength / pieces)
      for (let offset = 0; offset < body.byteLength; offset += size) {
        response.write(body.subarray(offset, offset + size))
        await new Promise((resolve) => setTimeout(resolve, pieceDelayMs))
      }
      response.end()
      return
    }
    default:
      fault satisfies never
  }
}

/**
 * A real HTTP server in front of a real edge that can be told to misbehave. It listens on a free port, which
 * it keeps.
 */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const faults = new Map<string, Fault | Spoil>()
  const asked: string[] = []
  const sockets = new Set<Socket>()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    asked.push(path)
    if (path === loginPath) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end(loginPage)
      return
    }
    const faultNow = (): Fault | Spoil | undefined => [...faults].find(([part]) => path.includes(part))?.[1]
    while (faultNow() === 'held' && !response.destroyed)
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    const fault = faultNow()
    const { host: _host, connection: _connection, 'accept-encoding': _encoding, ...wanted } = request.headers
    // Where nothing goes wrong the browser's own copy may still do; otherwise there has to be a body to
    // spoil.
    if (fault !== undefined) delete wanted['if-none-match']
    const sent: Buffer[] = []
    for await (const part of request) sent.push(part as Buffer)
    const { 'content-length': _length, 'transfer-encoding': _chunks, ...sentHeaders } = wanted
    const upstreamResponse = await fetch(`${proxy.upstream}${path}`, {
      method: request.method ?? 'GET',
      headers: sentHeaders as Record<string, string>,
      redirect: 'manual',
      ...(sent.length > 0 && { body: new Uint8Array(Buffer.concat(sent)) }),
    })
    const body = Buffer.from(await upstreamResponse.arrayBuffer())
    const {
      'transfer-encoding': _transfer,
      'content-encoding': encoding,
      'content-length': sentLength,
      connection: _close,
      ...plain
    } = Object.fromEntries(upstreamResponse.headers)
    // Of what was compressed the length is another one than that of what is handed on.
    const headers: Record<string, string> =
      encoding === undefined && sentLength !== undefined ? { ...plain, 'content-length': sentLength } : plain
    if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, lateMs))
    if (typeof fault === 'function') return fault(body, headers, response)
    if (fault !== undefined && fault !== 'held' && fault !== 'late' && upstreamResponse.ok)
      return misbehave(fault, body, headers, response)
    response.writeHead(upstreamResponse.status, headers)
    response.end(body)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  async function listen(port: number): Promise<number> {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  async function stop(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  const port = await listen(0)
  const proxy: FaultProxy = {
    origin: `http://127.0.0.1:${port}`,
    upstream,
    faults,
    requests: (part) => asked.filter((path) => path.includes(part)).length,
    get isOnline() {
      return server.listening
    },
    goOffline: stop,
    async goOnline() {
      await listen(port)
    },
    close: stop,
  }
  return proxy
}

import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'

export interface GentleCloseOptions {
  /** Longest that all of it may take. */
  readonly limitMs: number
  /** How long a connection that has asked nothing yet is waited for: its request may be on the way. */
  readonly freshMs?: number
}

const acceptMs = 50
/** How often it is looked which connections may go. */
const lookMs = 25

/**
 * Resolves once Node has taken what the network had for it: an immediate comes after that in every turn of
 * the event loop.
 */
const networkTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Watches a server's connections from its start, and closes it so that nobody's request is lost: it takes no
 * new connections, answers what is asked, and lets those that were just accepted ask. Node's own `close` cuts
 * these at once.
 */
export function createGentleClose(server: Server): (options: GentleCloseOptions) => Promise<void> {
  /** When each connection was accepted, or answered last. */
  const quietSince = new Map<Socket, number>()
  const asking = new Map<Socket, number>()
  const hasAsked = new WeakSet<Socket>()

  /** Below encryption: those that do not come to an end with it go at the last moment. */
  const bare = new Set<Socket>()
  let accepted = 0

  const onConnection = (socket: Socket): void => {
    quietSince.set(socket, performance.now())
    socket.once('close', () => {
      quietSince.delete(socket)
      asking.delete(socket)
    })
  }
  server.on('connection', (socket: Socket) => {
    accepted++
    bare.add(socket)
    socket.once('close', () => bare.delete(socket))
  })
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', onConnection)
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    hasAsked.add(socket)
    asking.set(socket, (asking.get(socket) ?? 0) + 1)
    response.once('close', () => {
      if (!quietSince.has(socket)) return
      asking.set(socket, Math.max(0, (asking.get(socket) ?? 0) - 1))
      quietSince.set(socket, performance.now())
    })
  })

  return async ({ limitMs, freshMs = 1_000 }) => {
    const deadline = performance.now() + limitMs
    // What the system has taken and Node has not yet is accepted first; closing would cut it.
    await new Promise((resolve) => setTimeout(resolve, Math.min(acceptMs, limitMs)))
    // Node accepts one connection a turn.
    for (let before = -1; before !== accepted && performance.now() < deadline;) {
      before = accepted
      await networkTurn()
      await networkTurn()
    }
    // Of the class below, which only stops listening.
    const closed = once(server, 'close')
    NetServer.prototype.close.call(server)
    const look = (): void => {
      const now = performance.now()
      for (const [socket, since] of quietSince) {
        const isQuiet = (asking.get(socket) ?? 0) === 0 && (hasAsked.has(socket) || now - since >= freshMs)
        if (isQuiet) socket.destroy()
      }
      if (now >= deadline) for (const socket of bare) socket.destroy()
    }
    // What has arrived is read first: on a busy machine it may wait longer than anybody is given.
    const looking = setInterval(() => void networkTurn().then(look), lookMs)
    await closed
    clearInterval(looking)
    // Its timers, too.
    server.close()
  }
}

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { createRandom } from '../../core/random.ts'
import { networkProfiles, type NetworkProfile } from './profiles.ts'
import { shapePipe } from './shaped-pipe.ts'

export interface ShapingProxy {
  readonly port: number
  /** For what is sent from now on; open connections included. */
  setProfile(profile: NetworkProfile): void
  /** Bytes since the last reset, headers and all, from the browser to the edge and back. */
  readonly bytes: { readonly up: number; readonly down: number }
  resetBytes(): void
  close(): Promise<void>
}

/**
 * A TCP proxy on loopback that makes the way to `targetPort` as slow as a profile says. What it does not
 * imitate: congestion control (a long download starts at full bandwidth), and other people's traffic.
 */
export async function startShapingProxy(targetPort: number, seed = 1): Promise<ShapingProxy> {
  let profile: NetworkProfile = networkProfiles.loopback
  const random = createRandom(seed)
  const open = new Set<Socket>()
  const bytes = { up: 0, down: 0 }

  const server = createServer({ noDelay: true }, (client) => {
    if (profile.isCut === true) {
      client.destroy()
      return
    }
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, target]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      // Whoever is at the other end learns of it by the close that follows.
      socket.on('error', () => undefined)
    }
    // SYN and SYN-ACK: a round trip before the first byte leaves.
    shapePipe(client, target, {
      profile: () => profile,
      random,
      onBytes: (count) => (bytes.up += count),
      handshakeMs: () => profile.roundTripMs,
    })
    shapePipe(target, client, {
      profile: () => profile,
      random,
      onBytes: (count) => (bytes.down += count),
      handshakeMs: () => 0,
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    bytes,
    setProfile(next) {
      profile = next
      if (next.isCut === true) for (const socket of open) socket.destroy()
    },
    resetBytes() {
      bytes.up = 0
      bytes.down = 0
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

import type { Server } from 'node:net'
import { Counter, type Registry } from 'prom-client'

/** Counts bytes on the server's connections, headers and encryption included, both ways. */
export function countNetworkBytes(server: Server, registry: Registry): void {
  const open = new Set<{ readonly bytesRead: number; readonly bytesWritten: number }>()
  const closed = { received: 0, sent: 0 }
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      closed.received += socket.bytesRead
      closed.sent += socket.bytesWritten
    })
  })
  new Counter({
    name: 'cachenet_network_bytes_total',
    help: 'Bytes on the connections of the edge',
    labelNames: ['direction'],
    registers: [registry],
    collect() {
      this.reset()
      const sum = (of: 'bytesRead' | 'bytesWritten'): number =>
        [...open].reduce((total, socket) => total + socket[of], 0)
      this.inc({ direction: 'received' }, closed.received + sum('bytesRead'))
      this.inc({ direction: 'sent' }, closed.sent + sum('bytesWritten'))
    },
  })
}

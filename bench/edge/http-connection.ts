import { connect, type Socket } from 'node:net'

/**
 * One kept-alive connection that sends prepared requests, one at a time, and reads no more of an answer than
 * it must.
 */
export interface HttpConnection {
  /** Resolves with the status once the answer is here whole. */
  send(request: Buffer): Promise<number>
  /** Status line and headers of the last answer. */
  readonly lastHead: string
  close(): void
}

const headEnd = Buffer.from('\r\n\r\n')

/**
 * Barely more than a socket, so that on a machine of few cores the load costs little of what it measures. It
 * knows answers with a Content-Length only, which is what the edge sends.
 */
export async function openConnection(port: number): Promise<HttpConnection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  let waiting: { resolve: (status: number) => void; reject: (reason: Error) => void } | undefined
  let head: Buffer = Buffer.alloc(0)
  let missing = -1
  let status = 0
  let lastHead = ''

  const finish = (): void => {
    const { resolve } = waiting ?? {}
    waiting = undefined
    missing = -1
    head = Buffer.alloc(0)
    resolve?.(status)
  }
  const readHead = (): void => {
    const end = head.indexOf(headEnd)
    if (end < 0) return
    const text = head.toString('latin1', 0, end)
    status = Number(text.slice(9, 12))
    lastHead = text
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    if (length === undefined) {
      fail(new Error(`An answer without a length: ${text}`))
      return
    }
    missing = Number(length) - (head.length - end - headEnd.length)
  }
  const fail = (reason: Error): void => {
    const { reject } = waiting ?? {}
    waiting = undefined
    reject?.(reason)
  }

  socket.on('data', (chunk: Buffer) => {
    if (missing < 0) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      readHead()
    } else missing -= chunk.length
    if (missing === 0) finish()
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('The connection was closed.')))

  return {
    send(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      })
    },
    get lastHead() {
      return lastHead
    },
    close: () => void socket.destroy(),
  }
}

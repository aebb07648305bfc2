import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CacheNetError } from '../../core/wire/errors.ts'

function errorFor(code: string | undefined): { status: string; error: CacheNetError } {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: '408 Request Timeout', error: new CacheNetError('request-timeout', 'The request did not arrive in time. Send it again when the network is better.') }
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { status: '431 Request Header Fields Too Large', error: new CacheNetError('request-invalid', 'The headers of the request are too long.') }
  }
  return { status: '400 Bad Request', error: new CacheNetError('request-invalid', 'That is no HTTP request.') }
}

/** What is no HTTP, or comes too slowly, never reaches the app; it is refused with a body of the same kind all the same. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (thrown: NodeJS.ErrnoException, socket: Duplex) => {
    if (thrown.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const { status, error } = errorFor(thrown.code)
    const body = JSON.stringify(error.toBody())
    socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`)
  })
}

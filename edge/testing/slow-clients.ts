import { connect, type Socket } from 'node:net'
import { apiPaths, rawFrameType } from '../../core/wire/frames.ts'

/**
 * Opens so many connections that are never done: a third each with headers without end, a body without end,
 * and answers that nobody reads. Each from an address of its own, as a trusted proxy would say.
 *
 * @param sha256 of a blob of the bundle `sample`
 */
export function openSlowClients(port: number, sha256: string, count: number): Socket[] {
  const head = (index: number): string =>
    `Host: a\r\nX-Forwarded-For: 10.0.${Math.floor(index / 100)}.${index % 100}\r\n`
  const texts = [
    (index: number) => `GET /healthz HTTP/1.1\r\n${head(index)}`,
    (index: number) =>
      `POST ${apiPaths.frames('sample')} HTTP/1.1\r\n${head(index)}Content-Type: ${rawFrameType}\r\nContent-Length: 768\r\n\r\nabc`,
    (index: number) => `GET ${apiPaths.blob('sample', sha256)} HTTP/1.1\r\n${head(index)}\r\n`.repeat(20),
  ]
  return Array.from({ length: count }, (_, index) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined).pause()
    socket.write(texts[index % texts.length]?.(index) ?? '')
    return socket
  })
}

import { createWriteStream, fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'

/** Where log lines go. Never blocks, and never holds more than so much. */
export interface BoundedLog {
  write(line: string): void
  /** Resolves once everything is written, or after so long. */
  flush(limitMs: number): Promise<void>
}

const mostBytes = 2 ** 20

/**
 * Lines to a stream. A reader that stalls costs lines, of which the next one says how many, and neither time
 * nor memory; what can no longer be written to costs all of them, and ends nothing.
 */
export function createBoundedLog(stream: Writable, mostBufferedBytes = mostBytes): BoundedLog {
  let dropped = 0
  let isBroken = false
  stream.on('error', () => (isBroken = true))

  return {
    write(line) {
      if (isBroken) return
      if (stream.writableLength + line.length > mostBufferedBytes) {
        dropped++
        return
      }
      if (dropped > 0)
        stream.write(
          `${JSON.stringify({ level: 40, time: Date.now(), dropped, msg: 'the reader of the log stalled; lines are missing here' })}\n`,
        )
      dropped = 0
      stream.write(line)
    },
    async flush(limitMs) {
      const deadline = Date.now() + limitMs
      while (!isBroken && stream.writableLength > 0 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 10))
    },
  }
}

/**
 * The stream of a file descriptor, which writes without blocking: to pipes and sockets by the event loop, to
 * the rest by threads.
 */
export function streamOf(fd: number): Writable {
  const facts = fstatSync(fd)
  if (facts.isFIFO() || facts.isSocket()) return new Socket({ fd, readable: false, writable: true })
  return createWriteStream('', { fd, autoClose: false })
}

import { apiPaths, rawFrameType } from '../../core/wire/frames.ts'
import { closedLoop, fixedRate, oneByOne, type LoadResult } from './load.ts'
import type { LoadOrder } from './run-load.ts'

// The second process of the bench: loads an edge as it is told, and prints what it measured.

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder

function frameRequest({ port, bundleId, frameBytes }: LoadOrder): Buffer {
  const head = `POST ${apiPaths.frames(bundleId)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: ${rawFrameType}\r\nContent-Length: ${frameBytes}\r\n\r\n`
  // Any pixels cost the same; a ramp is a frame as good as another.
  return Buffer.concat([
    Buffer.from(head),
    Buffer.from(Uint8Array.from({ length: frameBytes }, (_, index) => index % 256)),
  ])
}

function load(
  { port, kind, connections, perSecond, seconds }: LoadOrder,
  request: Buffer,
): Promise<LoadResult> {
  switch (kind) {
    case 'closed':
      return closedLoop(port, request, connections, seconds)
    case 'idle':
      return oneByOne(port, request, 20, seconds)
    case 'rate':
      return fixedRate(port, request, perSecond, seconds)
    default:
      return kind satisfies never
  }
}

process.stdout.write(JSON.stringify(await load(order, frameRequest(order))))

import type { Context } from 'hono'
import { CacheNetError } from '../../core/wire/errors.ts'

export interface BodyLimits {
  readonly maxBodyBytes: number
  readonly bodyTimeoutMs: number
}

const tooLarge = (maxBodyBytes: number): CacheNetError =>
  new CacheNetError(
    'frame-too-large',
    `A frame has at most ${maxBodyBytes} bytes; scale the image down before sending it.`,
    { maxBytes: maxBodyBytes },
  )

/**
 * A body in pieces that does not say how long it is: counted while it comes, and given up once it is too
 * long.
 */
async function readPieces(
  body: ReadableStream<Uint8Array>,
  maxBodyBytes: number,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.byteLength
    if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes)
    onBytes(bytes)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

async function readAll(
  c: Context,
  maxBodyBytes: number,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array> {
  // HTTP ends the body where it says that it ends, so that what it announces is what is read.
  if (c.req.header('Content-Length') !== undefined) return new Uint8Array(await c.req.arrayBuffer())
  const { body } = c.req.raw
  return body === null ? new Uint8Array() : readPieces(body, maxBodyBytes, onBytes)
}

/**
 * The body of a request. Throws `frame-too-large`, at once where it is announced; `request-timeout` where it
 * does not arrive in time, so that a slow sender does not keep its place for long; and `aborted` where the
 * sender went away.
 *
 * @param onBytes told how many have come of a body that does not say how long it is; what it throws ends the
 *   reading
 */
export async function readBody(
  c: Context,
  { maxBodyBytes, bodyTimeoutMs }: BodyLimits,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Uint8Array> {
  // What is left of a body that was given up would be taken for the next request.
  const giveUp = (reason: CacheNetError): CacheNetError => {
    c.header('Connection', 'close')
    return reason
  }
  if (Number(c.req.header('Content-Length') ?? 0) > maxBodyBytes) throw giveUp(tooLarge(maxBodyBytes))
  let timer: NodeJS.Timeout | undefined
  const tooSlow = new Promise<never>((_, reject) => {
    // Made only where it is needed: an error with its stack costs more than reading a frame.
    const giveUpWaiting = (): void =>
      reject(
        new CacheNetError(
          'request-timeout',
          'The frame did not arrive in time. Send it again when the network is better.',
          { bodyTimeoutMs },
        ),
      )
    timer = setTimeout(giveUpWaiting, bodyTimeoutMs)
  })
  try {
    return await Promise.race([readAll(c, maxBodyBytes, onBytes), tooSlow])
  } catch (cause) {
    if (cause instanceof CacheNetError) throw giveUp(cause)
    throw new CacheNetError('aborted', 'The sender went away before its frame was here.', {}, { cause })
  } finally {
    clearTimeout(timer)
  }
}

import type { Socket } from 'node:net'
import type { Random } from '../../core/random.ts'
import type { NetworkProfile } from './profiles.ts'

const packetBytes = 1460
/** So much may be under way one way: what does not fit is not read from the sender, whose TCP then waits. */
const mostBytesUnderWay = 1 << 20

export interface ShapedPipeOptions {
  readonly profile: () => NetworkProfile
  readonly random: Random
  readonly onBytes: (bytes: number) => void
  /** One more delay before the first byte: the handshake that the real connection would have cost. */
  readonly handshakeMs: () => number
}

/** When a chunk that is sent at `nowMs` arrives, the link being busy until `freeAtMs`. */
export function arrivalOf(
  bytes: number,
  nowMs: number,
  freeAtMs: number,
  profile: NetworkProfile,
  random: Random,
): { freeAtMs: number; arrivesAtMs: number } {
  const sendingMs = profile.bitsPerSecond === Infinity ? 0 : (bytes * 8 * 1000) / profile.bitsPerSecond
  const sentAtMs = Math.max(nowMs, freeAtMs) + sendingMs
  const packets = Math.ceil(bytes / packetBytes)
  const isLost = profile.lossRate > 0 && random.next() < 1 - (1 - profile.lossRate) ** packets
  const delayMs = Math.max(0, profile.roundTripMs / 2 + profile.jitterMs * random.normal())
  return { freeAtMs: sentAtMs, arrivesAtMs: sentAtMs + delayMs + (isLost ? profile.stallMs : 0) }
}

/** Passes bytes on from one socket to the other, late, in order, and no faster than the profile says. */
export function shapePipe(
  from: Socket,
  to: Socket,
  { profile, random, onBytes, handshakeMs }: ShapedPipeOptions,
): void {
  const underWay: { readonly chunk: Buffer; readonly atMs: number }[] = []
  let bytesUnderWay = 0
  let freeAtMs = performance.now() + handshakeMs()
  let lastAtMs = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let hasEnded = false

  const deliver = (): void => {
    timer = undefined
    const now = performance.now()
    // A timer may fire a little early; half a millisecond is nearer than the next one would be.
    while (underWay[0] !== undefined && underWay[0].atMs <= now + 0.5) {
      const { chunk } = underWay.shift() as { chunk: Buffer }
      bytesUnderWay -= chunk.length
      to.write(chunk)
    }
    if (bytesUnderWay < mostBytesUnderWay && from.isPaused()) from.resume()
    const next = underWay[0]
    if (next !== undefined) timer = setTimeout(deliver, next.atMs - now)
    else if (hasEnded) to.end()
  }

  from.on('data', (chunk: Buffer) => {
    onBytes(chunk.length)
    const { freeAtMs: free, arrivesAtMs } = arrivalOf(
      chunk.length,
      performance.now(),
      freeAtMs,
      profile(),
      random,
    )
    freeAtMs = free
    lastAtMs = Math.max(lastAtMs, arrivesAtMs)
    underWay.push({ chunk, atMs: lastAtMs })
    bytesUnderWay += chunk.length
    if (bytesUnderWay >= mostBytesUnderWay) from.pause()
    if (timer === undefined) {
      if (lastAtMs <= performance.now()) deliver()
      else timer = setTimeout(deliver, lastAtMs - performance.now())
    }
  })
  from.on('end', () => {
    hasEnded = true
    if (underWay.length === 0) to.end()
  })
  to.on('close', () => {
    clearTimeout(timer)
    from.destroy()
  })
}

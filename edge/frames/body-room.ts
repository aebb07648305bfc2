import { CacheNetError } from '../../core/wire/errors.ts'

export interface BodyRoomLimits {
  /** Bodies that are on their way. */
  readonly mostOpen: number
  readonly mostOpenOfClient: number
  /** Bytes of large bodies, on their way or waiting to be decoded. */
  readonly mostBytes: number
  readonly mostBytesOfClient: number
}

export const defaultBodyRoomLimits: BodyRoomLimits = {
  mostOpen: 1024,
  mostOpenOfClient: 128,
  mostBytes: 64 * 2 ** 20,
  mostBytesOfClient: 16 * 2 ** 20,
}

/** A body's place. */
export interface BodyPlace {
  /** It has so many bytes, or will have. Throws as `enter` does. */
  grow(bytes: number): void
  /** It is here: it takes memory, and nobody waits for it. */
  arrived(): void
  /** It is gone; may be called more than once. */
  leave(): void
}

/**
 * Bounds what senders may have under way. A body may take its time on a slow network, so that waiting for one
 * must cost no place in the queue of frames, and no one sender may take what all share.
 */
export interface BodyRoom {
  /**
   * @param bytes as announced; 0 where it is not
   * @throws `rate-limited` where the client has too much under way, `edge-overloaded` where all together have
   */
  enter(client: string, bytes: number): BodyPlace
}

/** Bodies that are smaller only count. */
const smallBytes = 32 * 1024
const heldBytes = (bytes: number): number => (bytes <= smallBytes ? 0 : bytes)

interface Share {
  open: number
  bytes: number
}

export function createBodyRoom({
  mostOpen,
  mostOpenOfClient,
  mostBytes,
  mostBytesOfClient,
}: BodyRoomLimits = defaultBodyRoomLimits): BodyRoom {
  const all: Share = { open: 0, bytes: 0 }
  /** Only of clients that have something under way. */
  const shares = new Map<string, Share>()

  /** Adds to a client's share where there is room. Throws as `enter` does. */
  const add = (client: string, open: number, bytes: number): void => {
    const own = shares.get(client) ?? { open: 0, bytes: 0 }
    const isMore = open > 0 || bytes > 0
    if (isMore && (own.open + open > mostOpenOfClient || own.bytes + bytes > mostBytesOfClient)) {
      throw new CacheNetError(
        'rate-limited',
        'Too many frames from one place are on their way. Send this one again when others have arrived.',
        { mostOpenOfClient, mostBytesOfClient, retryAfterSeconds: 1 },
      )
    }
    if (isMore && (all.open + open > mostOpen || all.bytes + bytes > mostBytes)) {
      throw new CacheNetError(
        'edge-overloaded',
        'More frames arrive than the edge can hold. Send this one again in a second.',
        { mostOpen, mostBytes },
      )
    }
    for (const share of [own, all]) {
      share.open += open
      share.bytes += bytes
    }
    if (own.open === 0 && own.bytes === 0) shares.delete(client)
    else shares.set(client, own)
  }

  return {
    enter(client, announced) {
      let held = heldBytes(announced)
      let isOpen = true
      add(client, 1, held)
      const arrived = (): void => {
        if (isOpen) add(client, -1, 0)
        isOpen = false
      }
      return {
        grow(bytes) {
          const more = Math.max(0, heldBytes(bytes) - held)
          add(client, 0, more)
          held += more
        },
        arrived,
        leave() {
          arrived()
          add(client, 0, -held)
          held = 0
        },
      }
    },
  }
}

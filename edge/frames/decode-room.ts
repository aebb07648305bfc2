import { CacheNetError } from '../../core/wire/errors.ts'

export interface DecodeRoomLimits {
  /** Pixels that are being decoded at once; one image alone may have more. */
  readonly mostPixels: number
  /**
   * Images that are being decoded at once. Fewer than the threads that decoding shares with files and
   * compression.
   */
  readonly mostImages?: number
  /** Longest that an image waits for its turn. */
  readonly waitMs?: number
}

/**
 * Has images decoded in turn: a small file may unfold to very many pixels, and all of them are in memory at
 * once.
 */
export interface DecodeRoom {
  /** @throws `edge-overloaded` where the turn does not come in time */
  run<Result>(pixels: number, work: () => Promise<Result>): Promise<Result>
}

interface Waiting {
  readonly pixels: number
  readonly begin: () => void
}

export function createDecodeRoom({
  mostPixels,
  mostImages = 2,
  waitMs = 5_000,
}: DecodeRoomLimits): DecodeRoom {
  const waiting: Waiting[] = []
  let pixelsInWork = 0
  let imagesInWork = 0

  const serve = (): void => {
    for (;;) {
      const [first] = waiting
      const fits =
        first !== undefined &&
        imagesInWork < mostImages &&
        (imagesInWork === 0 || pixelsInWork + first.pixels <= mostPixels)
      if (!fits) return
      waiting.shift()
      imagesInWork++
      pixelsInWork += first.pixels
      first.begin()
    }
  }

  const turn = (pixels: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1)
        reject(
          new CacheNetError(
            'edge-overloaded',
            'More images arrive than the edge can decode. Send this one again in a second, or as bare pixels.',
            { waitMs },
          ),
        )
        // What stands behind may be smaller.
        serve()
      }, waitMs)
      const entry: Waiting = {
        pixels,
        begin: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      waiting.push(entry)
      serve()
    })

  return {
    async run(pixels, work) {
      await turn(pixels)
      try {
        return await work()
      } finally {
        imagesInWork--
        pixelsInWork -= pixels
        serve()
      }
    },
  }
}

/** Sides in pixels at which the demo may be drawn for a person. */
const sizes = [160, 192, 224, 256, 320] as const
const firstChoice = 1
/**
 * A picture may take so long, in milliseconds: well within a frame at ten a second, with the answer still to
 * come.
 */
const comfortableMs = 8
const tooLongMs = 14

export interface PictureSize {
  /** Draws at the size that suits this device, and learns from how long it took. */
  draw<Drawn>(draw: (pixels: number) => Drawn): Drawn
}

/**
 * Finds the size at which a device draws the demo's pictures without effort: sharp on a desktop, light on an
 * old phone.
 */
export function createPictureSize(nowMs: () => number = () => performance.now()): PictureSize {
  let choice = firstChoice
  let typicalMs = (comfortableMs + tooLongMs) / 2
  return {
    draw(draw) {
      const startMs = nowMs()
      const drawn = draw(sizes[choice] ?? sizes[firstChoice])
      typicalMs += (nowMs() - startMs - typicalMs) * 0.1
      const step = typicalMs > tooLongMs ? -1 : typicalMs < comfortableMs ? 1 : 0
      const next = Math.min(sizes.length - 1, Math.max(0, choice + step))
      if (next !== choice) {
        // Expect the pixels' share of the time, so that it does not swing back and forth.
        typicalMs *= ((sizes[next] ?? 1) / (sizes[choice] ?? 1)) ** 2
        choice = next
      }
      return drawn
    },
  }
}

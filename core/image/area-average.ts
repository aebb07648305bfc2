import type { PixelSize } from './pixel-size.ts'

/** Which source pixels a target pixel covers, along one axis, and how much of it each of them is. */
interface Covered {
  readonly from: number
  readonly weights: Float32Array
}

/** Frames of one stream have one size: its weights are worked out once. */
const known = new Map<string, readonly Covered[]>()
const mostKnown = 8

function coveredPixels(source: number, target: number): readonly Covered[] {
  const key = `${source} ${target}`
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= mostKnown) known.clear()
  const covered = workOutCovered(source, target)
  known.set(key, covered)
  return covered
}

/**
 * Target pixel t covers the source from t·s to (t+1)·s, s = source/target; what it covers in part counts in
 * part.
 */
function workOutCovered(source: number, target: number): Covered[] {
  const scale = source / target
  return Array.from({ length: target }, (_, index) => {
    const start = index * scale
    const end = Math.min(source, start + scale)
    const from = Math.min(source - 1, Math.floor(start + 1e-9))
    const to = Math.max(from + 1, Math.ceil(end - 1e-9))
    const weights = new Float32Array(to - from)
    for (let pixel = from; pixel < to; pixel++) {
      weights[pixel - from] = (Math.min(end, pixel + 1) - Math.max(start, pixel)) / scale
    }
    return { from, weights }
  })
}

/**
 * Scales pixels to RGB by averaging the area that each target pixel covers: nothing is skipped, so nothing
 * aliases, whatever the ratio. Rows come in as many parts as suit the caller, so that a large picture need
 * not be in memory as a whole.
 */
export class AreaAverage {
  readonly #across: readonly Covered[]
  readonly #down: readonly Covered[]
  readonly #target: PixelSize
  readonly #narrow: Float32Array
  readonly #sums: Float64Array
  #row = 0
  /** First target row that the next source row may belong to. */
  #firstOpen = 0

  constructor(source: PixelSize, target: PixelSize) {
    this.#across = coveredPixels(source.width, target.width)
    this.#down = coveredPixels(source.height, target.height)
    this.#target = target
    this.#narrow = new Float32Array(target.width * 3)
    this.#sums = new Float64Array(target.width * target.height * 3)
  }

  /**
   * Takes the next rows, from the top.
   *
   * @param channels of a pixel: 3, or 4 of which the last is not looked at
   * @param stride values from one row to the next
   */
  add(
    pixels: Uint8Array | Uint8ClampedArray,
    channels: 3 | 4,
    rows: number,
    start: number,
    stride: number,
  ): void {
    for (let row = 0; row < rows; row++) this.#addRow(pixels, channels, start + row * stride)
  }

  /** RGB, row by row, length width × height × 3 of the target. */
  finish(): Uint8Array<ArrayBuffer> {
    const rgb = new Uint8Array(this.#sums.length)
    for (let index = 0; index < rgb.length; index++) rgb[index] = Math.round(this.#sums[index] ?? 0)
    return rgb
  }

  #addRow(pixels: Uint8Array | Uint8ClampedArray, channels: 3 | 4, start: number): void {
    // First across, then down.
    const narrow = this.#narrow
    for (let x = 0; x < this.#across.length; x++) {
      const { from, weights } = this.#across[x] as Covered
      let red = 0
      let green = 0
      let blue = 0
      let pixel = start + from * channels
      for (let step = 0; step < weights.length; step++, pixel += channels) {
        const weight = weights[step] ?? 0
        red += weight * (pixels[pixel] ?? 0)
        green += weight * (pixels[pixel + 1] ?? 0)
        blue += weight * (pixels[pixel + 2] ?? 0)
      }
      narrow[x * 3] = red
      narrow[x * 3 + 1] = green
      narrow[x * 3 + 2] = blue
    }
    this.#spread(this.#row++)
  }

  /** Adds the narrow row to every target row that covers it: one or two where an image becomes smaller. */
  #spread(row: number): void {
    const rowLength = this.#target.width * 3
    for (let y = this.#firstOpen; y < this.#target.height; y++) {
      const { from, weights } = this.#down[y] as Covered
      if (from > row) return
      if (row >= from + weights.length) {
        this.#firstOpen = y + 1
        continue
      }
      const weight = weights[row - from] ?? 0
      const to = y * rowLength
      for (let x = 0; x < rowLength; x++)
        this.#sums[to + x] = (this.#sums[to + x] ?? 0) + weight * (this.#narrow[x] ?? 0)
    }
  }
}

/**
 * `AreaAverage` of pixels that are all there. Pixels that already have the target's size come out exactly as
 * they were.
 *
 * @param pixels row by row, RGB or, with 4 channels, RGBA, of which the transparency is not looked at
 */
export function areaAverage(
  pixels: Uint8Array | Uint8ClampedArray,
  channels: 3 | 4,
  source: PixelSize,
  target: PixelSize,
): Uint8Array<ArrayBuffer> {
  const average = new AreaAverage(source, target)
  average.add(pixels, channels, source.height, 0, source.width * channels)
  return average.finish()
}

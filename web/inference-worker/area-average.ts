/** Weight of each source pixel in each target pixel, along one axis. */
interface AxisWeights {
  /** First source index of each target pixel; one more than there are targets, the last being the end. */
  readonly first: Int32Array
  readonly weights: readonly Float32Array[]
}

/** Frames of one stream have one size: its weights are worked out once. */
const known = new Map<string, AxisWeights>()
const mostKnown = 8

function axisWeights(source: number, target: number): AxisWeights {
  const key = `${source} ${target}`
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= mostKnown) known.clear()
  const weights = workOutWeights(source, target)
  known.set(key, weights)
  return weights
}

/** Target pixel t covers the source from t·s to (t+1)·s, s = source/target; what it covers in part counts in part. */
function workOutWeights(source: number, target: number): AxisWeights {
  const scale = source / target
  const first = new Int32Array(target)
  const weights = Array.from({ length: target }, (_, index) => {
    const start = index * scale
    const end = Math.min(source, start + scale)
    const from = Math.min(source - 1, Math.floor(start + 1e-9))
    const to = Math.max(from + 1, Math.ceil(end - 1e-9))
    first[index] = from
    const covered = new Float32Array(to - from)
    for (let pixel = from; pixel < to; pixel++) covered[pixel - from] = (Math.min(end, pixel + 1) - Math.max(start, pixel)) / scale
    return covered
  })
  return { first, weights }
}

export interface PixelSize {
  readonly width: number
  readonly height: number
}

/**
 * Scales RGBA pixels to RGB by averaging the area that each target pixel covers, as the training frames were: nothing is
 * skipped, so nothing aliases, whatever the ratio. Pixels that already have the target's size come out exactly as they were.
 *
 * @param rgba row by row, length width × height × 4; transparency is dropped
 * @returns RGB, row by row, length width × height × 3 of the target
 */
export function areaAverage(rgba: Uint8ClampedArray, source: PixelSize, target: PixelSize): Uint8Array<ArrayBuffer> {
  const across = axisWeights(source.width, target.width)
  const down = axisWeights(source.height, target.height)
  // First across, then down: [source height, target width, 3], then [target height, target width, 3].
  const rowLength = target.width * 3
  const narrow = new Float32Array(source.height * rowLength)
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const covered = across.weights[x] ?? new Float32Array(0)
      const from = (y * source.width + (across.first[x] ?? 0)) * 4
      let red = 0
      let green = 0
      let blue = 0
      for (let step = 0; step < covered.length; step++) {
        const weight = covered[step] ?? 0
        const pixel = from + step * 4
        red += weight * (rgba[pixel] ?? 0)
        green += weight * (rgba[pixel + 1] ?? 0)
        blue += weight * (rgba[pixel + 2] ?? 0)
      }
      const to = y * rowLength + x * 3
      narrow[to] = red
      narrow[to + 1] = green
      narrow[to + 2] = blue
    }
  }
  const rgb = new Uint8Array(target.height * rowLength)
  for (let y = 0; y < target.height; y++) {
    const covered = down.weights[y] ?? new Float32Array(0)
    const from = (down.first[y] ?? 0) * rowLength
    for (let x = 0; x < rowLength; x++) {
      let sum = 0
      for (let step = 0; step < covered.length; step++) sum += (covered[step] ?? 0) * (narrow[from + step * rowLength + x] ?? 0)
      rgb[y * rowLength + x] = Math.round(sum)
    }
  }
  return rgb
}

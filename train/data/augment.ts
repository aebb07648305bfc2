import type { ModelInput } from '../../core/bundle/manifest.ts'

/** Index inside [0, extent) of a position outside it, mirrored at the border pixel. */
function reflect(position: number, extent: number): number {
  if (position < 0) return -position
  return position >= extent ? 2 * extent - 2 - position : position
}

const tables = new WeakMap<ModelInput, Float32Array>()

/** (value / 255 − mean) / std of every byte, 256 values a channel. */
function normalisedBytes(input: ModelInput): Float32Array {
  let table = tables.get(input)
  if (table === undefined) {
    table = new Float32Array(3 * 256)
    for (let channel = 0; channel < 3; channel++) {
      const [mean, std] = [input.mean[channel]!, input.std[channel]!]
      for (let value = 0; value < 256; value++)
        table[channel * 256 + value] = value * (1 / (255 * std)) - mean / std
    }
    tables.set(input, table)
  }
  return table
}

/** Where each column of a shown row starts in its row of pixels, in bytes. */
let columns = new Int32Array(0)

/**
 * Writes one image as network input, shifted with reflected borders and mirrored where asked.
 *
 * @param pixels [count, height, width, 3] bytes
 * @param target float32, written from `targetStart` on: (value / 255 − mean) / std
 */
export function writeAugmented(
  pixels: Uint8Array,
  image: number,
  input: ModelInput,
  shift: { readonly x: number; readonly y: number; readonly isMirrored: boolean },
  target: Float32Array,
  targetStart: number,
): void {
  const { width, height } = input
  const table = normalisedBytes(input)
  if (columns.length < width) columns = new Int32Array(width)
  for (let x = 0; x < width; x++)
    columns[x] = reflect((shift.isMirrored ? width - 1 - x : x) + shift.x, width) * 3
  const start = image * width * height * 3
  let to = targetStart
  for (let y = 0; y < height; y++) {
    const row = start + reflect(y + shift.y, height) * width * 3
    for (let x = 0; x < width; x++, to += 3) {
      const from = row + columns[x]!
      target[to] = table[pixels[from]!]!
      target[to + 1] = table[256 + pixels[from + 1]!]!
      target[to + 2] = table[512 + pixels[from + 2]!]!
    }
  }
}

/**
 * Sets a square of one image that is network input already to 0, the mean; what lies outside the image is
 * left out.
 */
export function blankSquare(
  values: Float32Array,
  start: number,
  { width, height }: ModelInput,
  { left, top, side }: { readonly left: number; readonly top: number; readonly side: number },
): void {
  const from = Math.max(0, left)
  const to = Math.min(width, left + side)
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++)
    values.fill(0, start + (y * width + from) * 3, start + (y * width + to) * 3)
}

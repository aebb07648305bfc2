import type { ModelInput } from '../../core/bundle/model-input.ts'

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

/** How one image is shown. */
export interface Look {
  /** In pixels. */
  readonly x: number
  readonly y: number
  readonly isMirrored: boolean
  /** Angle in radians, about the middle; 0 where left out. */
  readonly turn?: number
  /** Factors; as it is where left out. */
  readonly colour?: Colour | undefined
}

export interface Colour {
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

/** Where each column of a shown row starts in its row of pixels, in bytes. */
let columns = new Int32Array(0)

/**
 * Writes one image as network input, shifted and turned with reflected borders, mirrored and coloured where
 * asked.
 *
 * @param pixels [count, height, width, 3] bytes
 * @param target float32, written from `targetStart` on: (value / 255 − mean) / std
 */
export function writeAugmented(
  pixels: Uint8Array,
  image: number,
  input: ModelInput,
  look: Look,
  target: Float32Array,
  targetStart: number,
): void {
  const { turn = 0, colour } = look
  if (turn === 0) writeShifted(pixels, image, input, look, target, targetStart)
  else writeTurned(pixels, image, input, { ...look, turn }, target, targetStart)
  if (colour !== undefined) recolour(target, targetStart, input, colour)
}

/** As `writeAugmented`, without an angle: each pixel is one of the image's. */
function writeShifted(
  pixels: Uint8Array,
  image: number,
  input: ModelInput,
  shift: Pick<Look, 'x' | 'y' | 'isMirrored'>,
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

/** As `writeAugmented`, with an angle: each pixel lies between four of the image's. */
function writeTurned(
  pixels: Uint8Array,
  image: number,
  { width, height, mean, std }: ModelInput,
  { x: shiftX, y: shiftY, isMirrored, turn }: Pick<Look, 'x' | 'y' | 'isMirrored'> & { turn: number },
  target: Float32Array,
  targetStart: number,
): void {
  const cos = Math.cos(turn)
  const sin = Math.sin(turn)
  const [red, green, blue] = [0, 1, 2].map((channel) => 1 / (255 * std[channel]!)) as [number, number, number]
  const [noRed, noGreen, noBlue] = [0, 1, 2].map((channel) => mean[channel]! / std[channel]!) as [
    number,
    number,
    number,
  ]
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const start = image * width * height * 3
  let to = targetStart
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const fromX = (isMirrored ? middleX - x : x - middleX) + shiftX
      const fromY = y - middleY + shiftY
      const sourceX = cos * fromX - sin * fromY + middleX
      const sourceY = sin * fromX + cos * fromY + middleY
      const left = Math.floor(sourceX)
      const upper = Math.floor(sourceY)
      const leftAt = reflect(left, width) * 3
      const rightAt = reflect(left + 1, width) * 3
      const upperAt = start + reflect(upper, height) * width * 3
      const lowerAt = start + reflect(upper + 1, height) * width * 3
      const [a, b, c, d] = [upperAt + leftAt, upperAt + rightAt, lowerAt + leftAt, lowerAt + rightAt]
      // Shares of the four pixels, which add up to 1.
      const ofD = (sourceX - left) * (sourceY - upper)
      const ofB = sourceX - left - ofD
      const ofC = sourceY - upper - ofD
      const ofA = 1 - ofB - ofC - ofD
      target[to] = (pixels[a]! * ofA + pixels[b]! * ofB + pixels[c]! * ofC + pixels[d]! * ofD) * red - noRed
      target[to + 1] =
        (pixels[a + 1]! * ofA + pixels[b + 1]! * ofB + pixels[c + 1]! * ofC + pixels[d + 1]! * ofD) * green -
        noGreen
      target[to + 2] =
        (pixels[a + 2]! * ofA + pixels[b + 2]! * ofB + pixels[c + 2]! * ofC + pixels[d + 2]! * ofD) * blue -
        noBlue
    }
  }
}

/** Shares of the channels in the grey of a pixel (Rec. 601). */
const greyShares = [0.299, 0.587, 0.114] as const

/**
 * Colours one image that is network input already. On the 0–1 scale a pixel becomes
 * m + c · (b · (s · p + (1 − s) · grey) − m), m being the mean of all images: one matrix for all pixels.
 * Nothing is cut off at 0 and 1.
 */
function recolour(
  values: Float32Array,
  start: number,
  { width, height, mean, std }: ModelInput,
  { brightness, contrast, saturation }: Colour,
): void {
  const factor = contrast * brightness
  const greyMean = greyShares.reduce((sum, share, channel) => sum + share * mean[channel]!, 0)
  const entry = (to: number, from: number): number =>
    (factor * ((to === from ? saturation : 0) + (1 - saturation) * greyShares[from]!) * std[from]!) / std[to]!
  const offset = (to: number): number =>
    (factor * (saturation * mean[to]! + (1 - saturation) * greyMean) - contrast * mean[to]!) / std[to]!
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = [0, 1, 2].flatMap((to) =>
    [0, 1, 2].map((from) => entry(to, from)),
  ) as [number, number, number, number, number, number, number, number, number]
  const [r0, g0, b0] = [offset(0), offset(1), offset(2)]
  const end = start + width * height * 3
  for (let at = start; at < end; at += 3) {
    const [red, green, blue] = [values[at]!, values[at + 1]!, values[at + 2]!]
    values[at] = rr * red + rg * green + rb * blue + r0
    values[at + 1] = gr * red + gg * green + gb * blue + g0
    values[at + 2] = br * red + bg * green + bb * blue + b0
  }
}

/** Lays so much of another image over one; both are network input, [height, width, 3]. */
export function mixImages(
  values: Float32Array,
  start: number,
  other: Float32Array,
  { share }: { readonly share: number },
): void {
  for (let index = 0; index < other.length; index++)
    values[start + index] = share * values[start + index]! + (1 - share) * other[index]!
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

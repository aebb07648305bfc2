import { createRandom } from '../../core/random.ts'

/** RGB pixels, row by row. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/**
 * Something like a photograph: light that falls off, edges, colours, fine structure and noise; no two corners
 * alike.
 */
export function drawPicture(width: number, height: number, seed = 1): Picture {
  const random = createRandom(seed)
  const rgb = new Uint8Array(width * height * 3)
  const round = (value: number): number => Math.max(0, Math.min(255, Math.round(value)))
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const [u, v] = [x / width, y / height]
      const noise = random.integer(31) - 15
      const isInside = (u - 0.35) ** 2 + (v - 0.4) ** 2 < 0.05
      rgb[to] = round(isInside ? 220 : 40 + 150 * u + 25 * Math.sin(y / 5) + noise)
      rgb[to + 1] = round(isInside ? 60 + 100 * v : 30 + 170 * v + (Math.floor(u * 9) % 2) * 30 + noise)
      rgb[to + 2] = round(isInside ? 40 : 200 - 120 * u * v + noise)
    }
  }
  return { width, height, rgb }
}

/**
 * The rows and columns of a file with this EXIF orientation whose picture, upright, is the given one.
 *
 * @param orientation 1 to 8 (EXIF 2.32, 4.6.4 A)
 */
export function layDown({ width, height, rgb }: Picture, orientation: number): Picture {
  const isTurned = orientation > 4
  const [fileWidth, fileHeight] = isTurned ? [height, width] : [width, height]
  const file = new Uint8Array(rgb.length)
  for (let row = 0; row < fileHeight; row++) {
    for (let column = 0; column < fileWidth; column++) {
      const [right, bottom] = [fileWidth - 1 - column, fileHeight - 1 - row]
      const places = [
        [column, row],
        [right, row],
        [right, bottom],
        [column, bottom],
        [row, column],
        [bottom, column],
        [bottom, right],
        [row, right],
      ]
      const [x = 0, y = 0] = places[orientation - 1] ?? []
      const from = (y * width + x) * 3
      file.set(rgb.subarray(from, from + 3), (row * fileWidth + column) * 3)
    }
  }
  return { width: fileWidth, height: fileHeight, rgb: file }
}

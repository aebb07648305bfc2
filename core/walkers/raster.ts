/**
 * Red, green, blue, 0..255 (sRGB, also where colours are mixed, so that a small picture equals a large one
 * made smaller).
 */
export type Rgb = readonly [number, number, number]

/** RGBA bytes, size x size, rows from the top; opaque from the start. */
export interface Raster {
  readonly size: number
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
}

/**
 * An area in pixels: a signed distance (negative inside) and the box outside of which it is surely positive.
 */
export interface Shape {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** Below 1 for what is thinner than a pixel: drawn a pixel wide, and fainter. */
  readonly gain: number
  readonly distance: (x: number, y: number) => number
}

export interface Fill {
  readonly alpha?: number
  /**
   * Brightens towards the right edge of the shape and darkens towards the left, by this share; negative: the
   * other way.
   */
  readonly shade?: number
  /** Share of the paint at a point, 0..1, such as a pattern or a second shape that clips. */
  readonly mask?: (x: number, y: number) => number
}

export function createRaster(size: number): Raster {
  return { size, pixels: new Uint8ClampedArray(size * size * 4).fill(255) }
}

const clamp01 = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value)

/**
 * Share of the pixel at (x, y) inside the shape: for a straight edge through it, the area within a few
 * percent.
 */
export const coverage = (shape: Shape, x: number, y: number): number =>
  clamp01(0.5 - shape.distance(x, y)) * shape.gain

/** Paints the shape over what is there. Only pixels in its box are looked at. */
export function fill(
  { size, pixels }: Raster,
  shape: Shape,
  [red, green, blue]: Rgb,
  options: Fill = {},
): void {
  const { alpha = 1, shade = 0, mask } = options
  const firstX = Math.max(0, Math.floor(shape.left - 0.5))
  const lastX = Math.min(size - 1, Math.ceil(shape.right + 0.5))
  const lastY = Math.min(size - 1, Math.ceil(shape.bottom + 0.5))
  const middle = (shape.left + shape.right) / 2
  const slope = (2 * shade) / Math.max(1, shape.right - shape.left)
  for (let row = Math.max(0, Math.floor(shape.top - 0.5)); row <= lastY; row++) {
    for (let column = firstX; column <= lastX; column++) {
      const x = column + 0.5
      const y = row + 0.5
      const distance = shape.distance(x, y)
      if (distance >= 0.5) continue
      let paint = (distance <= -0.5 ? 1 : 0.5 - distance) * shape.gain * alpha
      if (mask) paint *= mask(x, y)
      if (paint <= 0) continue
      const light = 1 + slope * (x - middle)
      const at = (row * size + column) * 4
      pixels[at] = (pixels[at] ?? 0) * (1 - paint) + red * light * paint
      pixels[at + 1] = (pixels[at + 1] ?? 0) * (1 - paint) + green * light * paint
      pixels[at + 2] = (pixels[at + 2] ?? 0) * (1 - paint) + blue * light * paint
    }
  }
}

/**
 * Whole rows, blending from `above` at the top to `below` at the bottom; both edges may lie between pixels.
 */
export function fillRows(raster: Raster, top: number, bottom: number, above: Rgb, below: Rgb): void {
  const { size, pixels } = raster
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(size, bottom); row++) {
    const paint = Math.min(row + 1, bottom) - Math.max(row, top)
    const blend = clamp01((row + 0.5 - top) / Math.max(1, bottom - top))
    for (let channel = 0; channel < 3; channel++) {
      const from = above[channel] ?? 0
      const value = from + ((below[channel] ?? 0) - from) * blend
      for (let at = row * size * 4 + channel; at < (row + 1) * size * 4; at += 4) {
        pixels[at] = (pixels[at] ?? 0) * (1 - paint) + value * paint
      }
    }
  }
}

/** Lightens (> 1) or darkens (< 1). */
export const scaled = ([red, green, blue]: Rgb, factor: number): Rgb => [
  red * factor,
  green * factor,
  blue * factor,
]

/** `a` at 0, `b` at 1. */
export const mixed = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

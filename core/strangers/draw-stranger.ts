import { createRandom, type Random } from '../random.ts'

/**
 * Pictures that no network knows: textures and patterns in any colours. A gate that is certain of them would
 * be certain of a wall, a cup or the inside of a pocket too. Two sets that share no kind, so that a gate that
 * was calibrated on one is judged on the other.
 */
export const strangerKinds = {
  validation: ['noise', 'clouds', 'plain', 'stripes', 'blobs', 'glyphs'],
  test: ['gradient', 'checks', 'cells', 'rings', 'grain', 'card'],
} as const
export type StrangerKind = (typeof strangerKinds)[keyof typeof strangerKinds][number]

type Colour = readonly [number, number, number]
/** Colour at a place of the picture, both from 0 to 1; values may leave 0 to 255. */
type Paint = (x: number, y: number) => Colour

const colour = (random: Random): Colour => [random.integer(256), random.integer(256), random.integer(256)]
const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

/** A number from 0 to 1 for every point of a grid. */
function latticeNoise(random: Random, cells: number): (x: number, y: number) => number {
  const values = Float32Array.from({ length: (cells + 2) ** 2 }, () => random.next())
  const at = (column: number, row: number): number => values[row * (cells + 2) + column] ?? 0
  return (x, y) => {
    const [column, row] = [Math.floor(x * cells), Math.floor(y * cells)]
    const [right, down] = [x * cells - column, y * cells - row]
    const upper = at(column, row) * (1 - right) + at(column + 1, row) * right
    const lower = at(column, row + 1) * (1 - right) + at(column + 1, row + 1) * right
    return upper * (1 - down) + lower * down
  }
}

const painters: Record<StrangerKind, (random: Random) => Paint> = {
  noise: (random) => () => colour(random),
  /** 1/f noise, whose spectrum is that of photographs. */
  clouds: (random) => {
    const layers = [2, 4, 8, 16].map((cells) => ({ noise: latticeNoise(random, cells), weight: 1 / cells }))
    const total = layers.reduce((sum, { weight }) => sum + weight, 0)
    const [dark, light] = [colour(random), colour(random)]
    return (x, y) =>
      mix(dark, light, layers.reduce((sum, { noise, weight }) => sum + noise(x, y) * weight, 0) / total)
  },
  plain: (random) => {
    const all = colour(random)
    return () => all
  },
  stripes: (random) => {
    const [a, b] = [colour(random), colour(random)]
    const [angle, count] = [random.next() * Math.PI, 2 + random.integer(8)]
    return (x, y) => (((((x * Math.cos(angle) + y * Math.sin(angle)) * count) % 1) + 1) % 1 < 0.5 ? a : b)
  },
  blobs: (random) => {
    const ground = colour(random)
    const blobs = Array.from({ length: 2 + random.integer(5) }, () => ({
      x: random.next(),
      y: random.next(),
      radius: 0.08 + random.next() * 0.25,
      paint: colour(random),
    }))
    return (x, y) => blobs.find((blob) => Math.hypot(x - blob.x, y - blob.y) < blob.radius)?.paint ?? ground
  },
  /** Rows of small marks, as print looks from afar. */
  glyphs: (random) => {
    const [paper, ink] = [colour(random), colour(random)]
    const rows = 3 + random.integer(5)
    const marks = Array.from({ length: rows * 40 }, () => random.next() < 0.55)
    return (x, y) => {
      const row = Math.floor(y * rows)
      const isLine = y * rows - row < 0.6
      return isLine && marks[row * 40 + Math.floor(x * 30)] === true ? ink : paper
    }
  },
  gradient: (random) => {
    const [a, b, c] = [colour(random), colour(random), colour(random)]
    return (x, y) => mix(mix(a, b, x), c, y)
  },
  checks: (random) => {
    const [a, b] = [colour(random), colour(random)]
    const count = 2 + random.integer(7)
    return (x, y) => ((Math.floor(x * count) + Math.floor(y * count)) % 2 === 0 ? a : b)
  },
  cells: (random) => {
    const seeds = Array.from({ length: 6 + random.integer(10) }, () => ({
      x: random.next(),
      y: random.next(),
      paint: colour(random),
    }))
    return (x, y) =>
      seeds.reduce((best, seed) =>
        Math.hypot(x - seed.x, y - seed.y) < Math.hypot(x - best.x, y - best.y) ? seed : best,
      ).paint
  },
  rings: (random) => {
    const [a, b] = [colour(random), colour(random)]
    const [middleX, middleY, count] = [random.next(), random.next(), 3 + random.integer(8)]
    return (x, y) => ((Math.hypot(x - middleX, y - middleY) * count) % 1 < 0.5 ? a : b)
  },
  /** A surface with fine grain, like sand or cloth. */
  grain: (random) => {
    const ground = colour(random)
    const depth = 10 + random.integer(50)
    return () => {
      const shade = (random.next() - 0.5) * 2 * depth
      return [ground[0] + shade, ground[1] + shade, ground[2] + shade]
    }
  },
  /** A card before a ground, each of one colour. */
  card: (random) => {
    const [ground, paint] = [colour(random), colour(random)]
    const [left, top] = [0.1 + random.next() * 0.3, 0.1 + random.next() * 0.3]
    return (x, y) => (x > left && x < 1 - left && y > top && y < 1 - top ? paint : ground)
  },
}

/**
 * One stranger: RGB, `size · size · 3` bytes, rows from the top. The same arguments give the same bytes.
 *
 * @param seed of the picture
 */
export function drawStranger(
  kind: StrangerKind,
  seed: number | string,
  size: number,
): Uint8Array<ArrayBuffer> {
  const paint = painters[kind](createRandom(`stranger ${kind} ${seed}`))
  const pixels = new Uint8ClampedArray(size * size * 3)
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++)
      for (const value of paint((column + 0.5) / size, (row + 0.5) / size)) pixels[at++] = value
  }
  return new Uint8Array(pixels.buffer)
}

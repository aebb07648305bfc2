import { createRandom, type Random } from '../random.ts'

/**
 * Pictures that no network knows: textures and patterns in any colours. A gate that is certain of them would
 * be certain of a wall, a cup or the inside of a pocket too. Three sets that share no kind, so that a network
 * that was shown one and a gate that was calibrated on another are judged on the third.
 */
export const strangerKinds = {
  training: ['leaves', 'waves', 'haze', 'shapes', 'strokes', 'rays'],
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

/** A number from `least` to `most`. */
const between = (random: Random, least: number, most: number): number =>
  least + random.next() * (most - least)

/** Whether a point lies in a convex shape of some random sides about a random middle. */
function convexShape(random: Random): (x: number, y: number) => boolean {
  const [middleX, middleY] = [between(random, 0.2, 0.8), between(random, 0.2, 0.8)]
  const sides = Array.from({ length: 3 + random.integer(4) }, () => ({
    angle: random.next() * 2 * Math.PI,
    distance: between(random, 0.08, 0.35),
  }))
  return (x, y) =>
    Math.hypot(x - middleX, y - middleY) < 0.45 &&
    sides.every(
      ({ angle, distance }) => (x - middleX) * Math.cos(angle) + (y - middleY) * Math.sin(angle) < distance,
    )
}

const painters: Record<StrangerKind, (random: Random) => Paint> = {
  /**
   * Discs of all sizes, one before the other, whose edges are as frequent as those of photographs (dead
   * leaves, Lee, Mumford & Huang 2001).
   */
  leaves: (random) => {
    const ground = colour(random)
    const leaves = Array.from({ length: 10 + random.integer(50) }, () => ({
      x: random.next(),
      y: random.next(),
      radius: Math.min(0.4, 0.03 / Math.sqrt(random.next() + 0.002)),
      paint: colour(random),
    }))
    return (x, y) => leaves.find((leaf) => Math.hypot(x - leaf.x, y - leaf.y) < leaf.radius)?.paint ?? ground
  },
  waves: (random) => {
    const ground = colour(random)
    const waves = Array.from({ length: 2 + random.integer(4) }, () => ({
      across: between(random, -25, 25),
      down: between(random, -25, 25),
      phase: random.next() * 2 * Math.PI,
      paint: colour(random),
    }))
    return (x, y) =>
      waves.reduce<Colour>(
        (sum, { across, down, phase, paint }) =>
          mix(sum, paint, 0.25 + 0.25 * Math.sin(across * x + down * y + phase)),
        ground,
      )
  },
  /** Soft light of any strength, each colour by itself. */
  haze: (random) => {
    const ground = colour(random)
    const depth = between(random, 10, 200)
    const channels = [0, 1, 2].map(() => latticeNoise(random, 1 + random.integer(6)))
    const shade = (channel: number, x: number, y: number): number =>
      (ground[channel] ?? 0) + depth * ((channels[channel]?.(x, y) ?? 0) - 0.5)
    return (x, y) => [shade(0, x, y), shade(1, x, y), shade(2, x, y)]
  },
  /** Things of a few plain sides before a ground that grows darker. */
  shapes: (random) => {
    const [light, dark] = [colour(random), colour(random)]
    const share = between(random, 0, 0.5)
    const shapes = Array.from({ length: 1 + random.integer(3) }, () => ({
      holds: convexShape(random),
      paint: colour(random),
    }))
    return (x, y) => shapes.find(({ holds }) => holds(x, y))?.paint ?? mix(light, dark, share * y)
  },
  strokes: (random) => {
    const ground = colour(random)
    const strokes = Array.from({ length: 3 + random.integer(10) }, () => {
      const angle = random.next() * Math.PI
      return {
        x: random.next(),
        y: random.next(),
        along: [Math.cos(angle), Math.sin(angle)] as const,
        length: between(random, 0.1, 0.6),
        width: between(random, 0.01, 0.08),
        paint: colour(random),
      }
    })
    return (x, y) =>
      strokes.find(({ x: fromX, y: fromY, along, length, width }) => {
        const at = (x - fromX) * along[0] + (y - fromY) * along[1]
        const beside = (x - fromX) * along[1] - (y - fromY) * along[0]
        return at > 0 && at < length && Math.abs(beside) < width
      })?.paint ?? ground
  },
  rays: (random) => {
    const [a, b] = [colour(random), colour(random)]
    const [middleX, middleY] = [random.next(), random.next()]
    const [count, turn] = [2 + random.integer(10), random.next() * 2 * Math.PI]
    return (x, y) => mix(a, b, 0.5 + 0.5 * Math.sin(count * Math.atan2(y - middleY, x - middleX) + turn))
  },
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

import type { Random } from '../random.ts'
import { between } from './between.ts'
import { hsl } from './hsl.ts'
import type { Rgb } from './raster.ts'

/** Places and sizes as shares of the frame's width; heights above the horizon. */
export interface Background {
  readonly skyTop: Rgb
  readonly skyBottom: Rgb
  readonly groundTop: Rgb
  readonly groundBottom: Rgb
  readonly path: Rgb
  readonly pathSpread: number
  readonly clouds: readonly Omit<Blob, 'color'>[]
  readonly hills: readonly Blob[]
  readonly tufts: readonly { readonly x: number; readonly y: number; readonly color: Rgb }[]
  readonly things: readonly (Blob & { readonly kind: 'tree' | 'fir' | 'house' })[]
}

export interface Blob {
  readonly x: number
  readonly width: number
  readonly height: number
  readonly color: Rgb
}

export function drawBackground(random: Random): Background {
  const skyHue = random.next() < 0.7 ? between(random, 0.52, 0.6) : between(random, 0.03, 0.12)
  const groundHue = random.next() < 0.7 ? between(random, 0.2, 0.36) : between(random, 0.08, 0.13)
  const groundSaturation = between(random, 0.15, 0.5)
  const groundLightness = between(random, 0.42, 0.68)
  const isTown = random.next() < 0.35
  const clouds = Array.from({ length: random.integer(4) }, () => ({
    x: random.next(),
    width: between(random, 0.12, 0.26),
    height: between(random, 0.14, 0.3),
  }))
  const tufts = Array.from({ length: 6 + random.integer(8) }, () => ({
    x: random.next(),
    y: between(random, 0.06, 0.62),
    color:
      random.next() < 0.5
        ? hsl(groundHue, groundSaturation, groundLightness - 0.14)
        : hsl(random.next(), 0.5, 0.72),
  }))
  const hills = Array.from({ length: 2 + random.integer(2) }, () => ({
    x: random.next(),
    width: between(random, 0.5, 1.1),
    height: between(random, 0.05, 0.14),
    color: hsl(between(random, 0.25, 0.6), between(random, 0.12, 0.3), between(random, 0.55, 0.75)),
  }))
  const things = Array.from({ length: 4 + random.integer(4) }, () => {
    const isHouse = isTown && random.next() < 0.75
    const kind = isHouse ? ('house' as const) : random.next() < 0.6 ? ('tree' as const) : ('fir' as const)
    return {
      kind,
      x: random.next(),
      width: between(random, 0.1, 0.2),
      height: between(random, 0.12, 0.28),
      color: isHouse
        ? hsl(between(random, 0, 0.15), between(random, 0.15, 0.4), between(random, 0.55, 0.8))
        : hsl(between(random, 0.22, 0.42), between(random, 0.2, 0.45), between(random, 0.3, 0.5)),
    }
  })
  return {
    skyTop: hsl(skyHue, between(random, 0.35, 0.7), between(random, 0.66, 0.82)),
    skyBottom: hsl((skyHue + between(random, -0.06, 0.06) + 1) % 1, 0.5, between(random, 0.84, 0.94)),
    groundTop: hsl(groundHue, groundSaturation, groundLightness + 0.08),
    groundBottom: hsl(groundHue, groundSaturation, groundLightness - 0.06),
    path: hsl(between(random, 0.07, 0.14), between(random, 0.05, 0.35), between(random, 0.66, 0.84)),
    pathSpread: between(random, 0.45, 0.8),
    clouds,
    hills,
    tufts,
    things,
  }
}

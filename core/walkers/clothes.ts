import type { Random } from '../random.ts'
import { between } from './between.ts'
import { hsl } from './hsl.ts'
import type { Rgb } from './raster.ts'

export interface Clothes {
  readonly top: Rgb
  readonly trim: Rgb
  readonly pattern: 'plain' | 'stripes' | 'pinstripes' | 'band' | 'jacket'
  readonly hasLongSleeves: boolean
  readonly trousers: Rgb
  readonly hasShorts: boolean
  readonly shoes: Rgb
  /** Added to the limbs' radii by loose cloth, in metres. */
  readonly looseness: number
}

export function drawClothes(random: Random): Clothes {
  const hue = random.next()
  const isDenim = random.next() < 0.4
  return {
    top: hsl(hue, between(random, 0.15, 0.75), between(random, 0.25, 0.75)),
    trim:
      random.next() < 0.5
        ? hsl(0.1, 0.3, 0.93)
        : hsl((hue + between(random, 0.3, 0.7)) % 1, 0.5, between(random, 0.3, 0.6)),
    pattern: random.pick(['plain', 'stripes', 'pinstripes', 'band', 'jacket']),
    hasLongSleeves: random.next() < 0.6,
    trousers: isDenim
      ? hsl(0.6, 0.35, between(random, 0.22, 0.45))
      : hsl(random.next(), between(random, 0.05, 0.4), between(random, 0.15, 0.6)),
    hasShorts: random.next() < 0.25,
    shoes:
      random.next() < 0.4
        ? hsl(0.1, 0.1, 0.9)
        : hsl(random.next(), between(random, 0.1, 0.7), between(random, 0.15, 0.5)),
    looseness: between(random, 0.004, 0.02),
  }
}

import type { Random } from '../random.ts'

/** Uniform in [low, high). */
export const between = (random: Random, low: number, high: number): number =>
  low + (high - low) * random.next()

import type { Outcome } from './frame-record.ts'

export interface StripSize {
  readonly width: number
  readonly height: number
}

export interface StripBar {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly outcome: Outcome
}

/** Width of a bar and the gap to the next, in CSS pixels. */
export const barPitch = 4
const barWidth = 3
/** Even a frame without any doubt is a frame, and must be seen. */
const smallestHeight = 3

export const barsThatFit = (width: number): number => Math.max(1, Math.floor(width / barPitch))

/** Top of the strip in nats: the highest entropy that C classes can have, ln C. */
export const entropyCeiling = (classes: number): number => Math.log(Math.max(2, classes))

const heightOf = (nats: number, ceilingNats: number, height: number): number =>
  Math.min(1, Math.max(0, nats / ceilingNats)) * height

/**
 * One bar a frame, the newest at the right edge; its height is the entropy, on a scale from 0 to
 * `ceilingNats`.
 */
export function stripBars(
  frames: readonly { readonly entropyNats: number; readonly outcome: Outcome }[],
  { width, height }: StripSize,
  ceilingNats: number,
): StripBar[] {
  const shown = frames.slice(-barsThatFit(width))
  return shown.map(({ entropyNats, outcome }, index) => {
    const tall = Math.max(smallestHeight, heightOf(entropyNats, ceilingNats, height))
    return {
      left: width - (shown.length - index) * barPitch,
      top: height - tall,
      width: barWidth,
      height: tall,
      outcome,
    }
  })
}

/** Where the line of the threshold runs, from the top. */
export const thresholdTop = (thresholdNats: number, height: number, ceilingNats: number): number =>
  height - heightOf(thresholdNats, ceilingNats, height)

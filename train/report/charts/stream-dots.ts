import type { Markup } from '../html/markup.ts'
import { percent, points } from '../html/number-format.ts'
import { linearScale } from './linear-scale.ts'
import { circle, label, line, svg } from './svg.ts'

export interface StreamDot {
  readonly strategy: string
  /** Colour of the strategy. */
  readonly className: string
  readonly coverage: number
  /** Accuracy of the whole less the full model's. */
  readonly difference: number
  /** Whether the whole is within the tolerance of the full model. */
  readonly keepsLine: boolean
}

export interface StreamLane {
  readonly name: string
  readonly dots: readonly StreamDot[]
}

const [width, left, right, top, laneHeight] = [430, 14, 412, 10, 58] as const

/**
 * Coverage of each strategy, a lane a stream. A dot is hollow where that coverage was bought with accuracy.
 */
export function streamDots(name: string, lanes: readonly StreamLane[]): Markup {
  const x = linearScale([0, 1], [left, right])
  const bottom = top + lanes.length * laneHeight
  const drawn = lanes.map(({ name: lane, dots }, index) => {
    const y = top + (index + 0.5) * laneHeight
    // A little apart in height, so that equal coverages do not hide one another.
    const step = Math.min(7, (laneHeight - 14) / Math.max(1, dots.length - 1))
    return [
      line(left, y, right, y, 'base'),
      // Above its line, so that the lanes have the whole width of a phone.
      label(left - 6, y - 21, lane, { anchor: 'start', className: 'marked' }),
      dots.map(({ strategy, className, coverage, difference, keepsLine }, dot) =>
        circle(
          x(coverage),
          y + (dot - (dots.length - 1) / 2) * step,
          5.5,
          `${keepsLine ? 'fill' : 'hollow'} ${className}`,
          `${strategy}: coverage ${percent(coverage)}, ${points(difference)} points against the full model`,
        ),
      ),
    ]
  })
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
  return svg({ width, height: bottom + 36 }, name, [
    ticks.map((tick) => line(x(tick), top, x(tick), bottom, 'grid')),
    drawn,
    ticks.map((tick) => label(x(tick), bottom + 15, percent(tick, 0))),
    label(right, bottom + 30, 'coverage: frames answered on the device', {
      anchor: 'end',
      className: 'axis',
    }),
  ])
}

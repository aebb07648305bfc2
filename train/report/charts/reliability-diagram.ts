import type { ReliabilityBin } from '../../calibration/calibration-error.ts'
import type { Markup } from '../html/markup.ts'
import { percent } from '../html/number-format.ts'
import { plotFrame, type Axis } from './plot-frame.ts'
import { circle, line, polyline, svg } from './svg.ts'

const size = { width: 308, height: 300 }
const area = { left: 42, top: 26, width: 246, height: 232 }
const axis = (title: string): Axis => ({
  domain: [0, 1],
  title,
  format: (value) => percent(value, 0),
  ticks: [0, 0.25, 0.5, 0.75, 1],
})

/**
 * Certainty against accuracy, before and after temperature scaling; on the diagonal a network is as often
 * right as it says. Dots by how many images.
 */
export function reliabilityDiagram(
  name: string,
  before: readonly ReliabilityBin[],
  after: readonly ReliabilityBin[],
): Markup {
  const frame = plotFrame(area, axis('certainty'), axis('right'))
  const draw = (bins: readonly ReliabilityBin[], className: string): Markup[] => {
    const filled = bins.filter(({ count }) => count > 0)
    const total = filled.reduce((sum, { count }) => sum + count, 0)
    const corners = filled.map(({ confidence, accuracy }): [number, number] => [
      frame.x(confidence),
      frame.y(accuracy),
    ])
    const dots = filled.map(({ count, confidence, accuracy }) =>
      // The area of a dot is its share of the images.
      circle(
        frame.x(confidence),
        frame.y(accuracy),
        1.5 + 9 * Math.sqrt(count / total),
        `fill ${className} dot`,
        `${count} images, ${percent(confidence)} certain, ${percent(accuracy)} right`,
      ),
    )
    return [...(corners.length > 1 ? [polyline(corners, `line ${className}`)] : []), ...dots]
  }
  return svg(size, name, [
    frame.ground,
    line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), 'diagonal'),
    draw(before, 'series-muted'),
    draw(after, 'series-1'),
  ])
}

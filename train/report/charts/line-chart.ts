import { markup, type Markup } from '../html/markup.ts'
import { axisLeft, plotFrame, type Axis } from './plot-frame.ts'
import { circle, label, line, polyline, svg } from './svg.ts'

export interface LineSeries {
  readonly name: string
  /** `series-1` … `series-6`, `muted`: a colour of the report. */
  readonly className: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** A level or a place on an axis that deserves a name. */
export interface Marker {
  readonly axis: 'x' | 'y'
  readonly at: number
  readonly name: string
}

export interface LineChartData {
  readonly label: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly LineSeries[]
  readonly markers?: readonly Marker[]
}

const size = { width: 420, height: 230 }
const right = 408
const leastLeft = 48

/** Lines over a common x; a series of one point is a dot. */
export function lineChart({ label: name, x, y, series, markers = [] }: LineChartData): Markup {
  const left = axisLeft(y, leastLeft)
  const area = { left, top: 26, width: right - left, height: 162 }
  const frame = plotFrame(area, x, y)
  const bottom = area.top + area.height
  const lines = series.map(({ points, className }) => {
    const corners = points.map(([atX, atY]): [number, number] => [frame.x(atX), frame.y(atY)])
    return corners.length === 1
      ? circle(corners[0]![0], corners[0]![1], 3, `fill ${className}`)
      : polyline(corners, `line ${className}`)
  })
  const marks = markers.map(({ axis, at, name: text }) => {
    if (axis === 'y')
      return markup`${line(area.left, frame.y(at), right, frame.y(at), 'mark')}${label(area.left + 4, frame.y(at) - 4, text, { anchor: 'start', className: 'marked' })}`
    const isLate = frame.x(at) > area.left + area.width * 0.6
    return markup`${line(frame.x(at), area.top, frame.x(at), bottom, 'mark')}${label(frame.x(at) + (isLate ? -4 : 4), bottom - 7, text, { anchor: isLate ? 'end' : 'start', className: 'marked' })}`
  })
  return svg(size, name, [frame.ground, marks, lines])
}

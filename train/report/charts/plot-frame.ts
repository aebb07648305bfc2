import { markup, nothing, type Markup } from '../html/markup.ts'
import { linearScale, niceTicks, type LinearScale } from './linear-scale.ts'
import { label, line, rect } from './svg.ts'
import { textWidth } from './text-width.ts'

/**
 * Room that every plot has to the right of its axis: a last value is moved into it, where its middle is too
 * far right.
 */
const air = 12

export interface Axis {
  readonly domain: readonly [number, number]
  readonly title: string
  readonly format: (value: number) => string
  /** Where to write values; round ones where left out. */
  readonly ticks?: readonly number[]
}

export interface PlotArea {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface PlotFrame {
  readonly x: LinearScale
  readonly y: LinearScale
  /** Ground, grid lines, values and titles of both axes. */
  readonly ground: Markup
}

/** Where the axis may begin, so that its values have room to the left of it; no further left than `least`. */
export const axisLeft = (axis: Axis, least: number): number =>
  Math.max(
    least,
    8 + Math.max(...(axis.ticks ?? niceTicks(...axis.domain)).map((value) => textWidth(axis.format(value)))),
  )

/**
 * The ground of a plot: its title of y stands above the axis, where it can be read without turning the head.
 */
export function plotFrame(area: PlotArea, xAxis: Axis, yAxis: Axis): PlotFrame {
  const { left, top, width, height } = area
  const [right, bottom] = [left + width, top + height]
  const x = linearScale(xAxis.domain, [left, right])
  const y = linearScale(yAxis.domain, [bottom, top])
  const xTicks = xAxis.ticks ?? niceTicks(...xAxis.domain)
  const yTicks = yAxis.ticks ?? niceTicks(...yAxis.domain)
  const title = (text: string, atX: number, atY: number, anchor: 'start' | 'end'): Markup =>
    text === '' ? nothing : label(atX, atY, text, { anchor, className: 'axis' })
  const ground = [
    rect(left, top, width, height, 'ground'),
    yTicks.map((value) => line(left, y(value), right, y(value), 'grid')),
    yTicks.map((value) => label(left - 6, y(value) + 3.5, yAxis.format(value), { anchor: 'end' })),
    xTicks.map((value) => line(x(value), bottom, x(value), bottom + 4, 'grid')),
    xTicks.map((value) => {
      const text = xAxis.format(value)
      return label(Math.min(x(value), right + air - textWidth(text) / 2), bottom + 15, text)
    }),
    title(yAxis.title, left, top - 8, 'start'),
    title(xAxis.title, right, bottom + 29, 'end'),
  ]
  return {
    x,
    y,
    ground: markup`${ground}`,
  }
}

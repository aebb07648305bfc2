import type { Markup } from '../html/markup.ts'
import { percent } from '../html/number-format.ts'
import { linearScale } from './linear-scale.ts'
import { label, line, rect, svg } from './svg.ts'
import { shortenTo, textWidth } from './text-width.ts'

export interface ShareBar {
  readonly name: string
  /** 0..1 */
  readonly share: number
}

const [width, leastLeft, right] = [420, 48, 364]
const widestName = 130
const barHeight = 26
const topOf = (index: number): number => 22 + index * barHeight

/** One bar a partition, with a line where all would be equal. */
export function shareBars(name: string, bars: readonly ShareBar[]): Markup {
  const even = bars.length === 0 ? 0 : 1 / bars.length
  const left = Math.max(
    leastLeft,
    10 + Math.max(0, ...bars.map(({ name: bar }) => textWidth(shortenTo(bar, widestName)))),
  )
  const x = linearScale([0, Math.max(even, ...bars.map(({ share }) => share))], [left, right])
  const bottom = topOf(bars.length)
  const drawBar = ({ name: bar, share }: ShareBar, index: number): Markup =>
    rect(left, topOf(index) + 3, x(share) - left, barHeight - 8, 'fill series-1', `${bar}: ${percent(share)}`)
  const drawLabels = ({ name: bar, share }: ShareBar, index: number): Markup[] => [
    label(left - 8, topOf(index) + 15, shortenTo(bar, widestName), { anchor: 'end' }),
    // In a column of their own, where the line of even shares never comes.
    label(right + 8, topOf(index) + 15, percent(share), { anchor: 'start', className: 'value' }),
  ]
  return svg({ width, height: bottom + 4 }, name, [
    bars.map(drawBar),
    line(x(even), 18, x(even), bottom, 'mark'),
    bars.map(drawLabels),
    label(x(even), 12, `even: ${percent(even)}`, { className: 'marked' }),
  ])
}

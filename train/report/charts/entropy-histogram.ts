import type { Markup } from '../html/markup.ts'
import { percent, whole } from '../html/number-format.ts'
import { linearScale, niceTicks } from './linear-scale.ts'
import { label, line, rect, svg } from './svg.ts'

export interface EntropyHistogramData {
  readonly label: string
  /** Images by entropy, in bins of equal width over [0, `mostNats`]; right answers and wrong ones. */
  readonly right: readonly number[]
  readonly wrong: readonly number[]
  readonly mostNats: number
  readonly thresholdNats: number
}

const size = { width: 420, height: 214 }
const [left, plotWidth, top, middle, bottom] = [14, 394, 20, 98, 176] as const

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

/**
 * Right answers grow upwards, wrong ones downwards, each as shares of its own group: a few wrong answers
 * among thousands of right ones show as clearly as they do.
 */
export function entropyHistogram({
  label: name,
  right,
  wrong,
  mostNats,
  thresholdNats,
}: EntropyHistogramData): Markup {
  const x = linearScale([0, mostNats], [left, left + plotWidth])
  const sums = [sumOf(right), sumOf(wrong)] as const
  const shares = [right, wrong].map((counts, group) =>
    counts.map((count) => count / Math.max(1, sums[group]!)),
  )
  const largest = Math.max(0.01, ...shares.flat())
  const barWidth = plotWidth / Math.max(1, right.length)
  const total = Math.max(1, sums[0] + sums[1])
  const bars = shares.flatMap((group, isWrong) =>
    group.flatMap((share, bin) => {
      if (share === 0) return []
      const height = (share / largest) * (middle - top - 14)
      const [from, to] = [(bin * mostNats) / group.length, ((bin + 1) * mostNats) / group.length]
      const title = `${from.toFixed(2)}–${to.toFixed(2)} nats: ${percent(share)} of the ${isWrong === 1 ? 'wrong' : 'right'} answers`
      return [
        rect(
          left + bin * barWidth + 0.5,
          isWrong === 1 ? middle : middle - height,
          barWidth - 1,
          height,
          `fill ${isWrong === 1 ? 'wrong' : 'right'}`,
          title,
        ),
      ]
    }),
  )
  const isLate = x(thresholdNats) > left + plotWidth * 0.5
  return svg(size, name, [
    rect(left, top, plotWidth, bottom - top, 'ground'),
    bars,
    line(left, middle, left + plotWidth, middle, 'base'),
    line(x(thresholdNats), top, x(thresholdNats), bottom, 'mark'),
    label(x(thresholdNats), 13, `τ = ${thresholdNats.toFixed(2)}`, {
      className: 'marked',
      anchor: isLate ? 'end' : 'start',
    }),
    // Where the threshold's own name is not.
    label(isLate ? left : left + plotWidth, 13, `right: ${whole(sums[0])} (${percent(sums[0] / total)})`, {
      anchor: isLate ? 'start' : 'end',
      className: 'value',
    }),
    label(left, bottom + 30, `wrong: ${whole(sums[1])} (${percent(sums[1] / total)})`, {
      anchor: 'start',
      className: 'value',
    }),
    niceTicks(0, mostNats).map((value) => label(x(value), bottom + 15, String(value))),
    label(left + plotWidth, bottom + 30, 'entropy in nats', { anchor: 'end', className: 'axis' }),
  ])
}

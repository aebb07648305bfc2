import { mean } from '../../core/mean.ts'
import type { Row } from '../strategies/results.ts'
import { strategyTitles } from '../strategies/strategy.ts'
import { colours, rect, svg, text } from './svg.ts'

const [left, barHeight, gap, width, scaleWidth] = [150, 20, 8, 640, 360]

/** Mean latency of each strategy under one set of conditions, with least and most of the runs as a line. */
export function latencyBars(title: string, rows: readonly Row[]): string {
  const longest = Math.max(...rows.flatMap(({ runs }) => runs.map(({ meanMs }) => meanMs)))
  const x = (ms: number): number => left + (ms / longest) * scaleWidth
  const bars = rows.flatMap(({ strategy, runs, n }, index) => {
    const y = 44 + index * (barHeight + gap)
    const means = runs.map(({ meanMs }) => meanMs)
    const middle = y + barHeight / 2
    return [
      text(left - 8, y + 15, strategyTitles[strategy], 'text-anchor="end"'),
      rect(left, y, x(mean(means)) - left, barHeight, colours[strategy]),
      `<path d="M${x(Math.min(...means)).toFixed(1)} ${middle}H${x(Math.max(...means)).toFixed(1)}" stroke="#1c2530" stroke-width="2"/>`,
      text(x(Math.max(...means)) + 8, y + 15, `${mean(means).toFixed(1)} ms, n = ${n}`),
    ]
  })
  return svg(width, 56 + rows.length * (barHeight + gap), title, [
    text(12, 24, title, 'font-weight="600"'),
    ...bars,
  ])
}

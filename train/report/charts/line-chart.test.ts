import { describe, expect, it } from 'vitest'
import { lineChart, type LineChartData } from './line-chart.ts'

const data: LineChartData = {
  label: 'loss of a<b',
  x: { domain: [0, 10], title: 'steps', format: String },
  y: { domain: [0, 2], title: 'loss', format: (value) => value.toFixed(1) },
  series: [
    {
      name: 'full',
      className: 'series-1',
      points: [
        [0, 2],
        [5, 1],
        [10, 0],
      ],
    },
    { name: 'p1', className: 'series-2', points: [[10, 1]] },
  ],
}

describe('lineChart', () => {
  it('draws each series from corner to corner of the plot', () => {
    const drawn = String(lineChart(data))
    expect(drawn).toContain('<polyline points="48,26 228,107 408,188" class="line series-1"/>')
    expect(drawn).toContain('<circle cx="408" cy="107" r="3" class="fill series-2"/>')
  })

  it('names its axes, its values and itself, escaped', () => {
    const drawn = String(lineChart(data))
    expect(drawn).toContain('aria-label="loss of a&lt;b"')
    for (const text of ['>steps<', '>loss<', '>0.5<', '>2.0<', '>10<']) expect(drawn).toContain(text)
  })

  it('draws markers across the plot, with their name on the side where there is room', () => {
    const drawn = String(
      lineChart({
        ...data,
        markers: [
          { axis: 'x', at: 9, name: 'chosen' },
          { axis: 'y', at: 1, name: 'full model' },
        ],
      }),
    )
    expect(drawn).toContain('<line x1="372" y1="26" x2="372" y2="188" class="mark"/>')
    expect(drawn).toContain('text-anchor="end" class="marked">chosen<')
    expect(drawn).toContain('<line x1="48" y1="107" x2="408" y2="107" class="mark"/>')
  })

  it('survives a series without points', () => {
    expect(
      String(lineChart({ ...data, series: [{ name: 'none', className: 'series-1', points: [] }] })),
    ).not.toContain('NaN')
  })
})

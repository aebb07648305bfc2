import type { GatePoint } from '../../../core/gate/settings.ts'
import { lineChart, type LineSeries } from '../charts/line-chart.ts'
import { figure, legend } from '../html/figure.ts'
import { markup, nothing, type Markup } from '../html/markup.ts'
import { measured, nats, percent, points } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import { dataTable } from '../html/table.ts'
import type { ReportData } from '../report-data.ts'

const series = (
  curve: readonly GatePoint[],
  name: string,
  className: string,
  of: 'coverage' | 'accuracyOfWhole',
): LineSeries => ({
  name,
  className,
  points: curve.map((point) => [point.thresholdNats, point[of]]),
})

/** The accuracies, with a little air; the full model's line is always among them. */
function accuracyDomain(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const air = Math.max(0.005, (high - low) * 0.08)
  return [Math.max(0, low - air), Math.min(1, high + air)]
}

function curveFigure({ manifest, gate, imageCounts }: ReportData): Markup {
  const share = measured(imageCounts.validation)
  const { curve, thresholdNats } = manifest.gate
  if (curve.length === 0) return markup`<p>The bundle has no gate curve.</p>`
  const x = {
    domain: [0, Math.max(...curve.map((point) => point.thresholdNats))] as const,
    title: 'threshold τ in nats',
    format: String,
  }
  const chosen = { axis: 'x', at: thresholdNats, name: `τ = ${thresholdNats.toFixed(2)}` } as const
  const both = (of: 'coverage' | 'accuracyOfWhole'): LineSeries[] => [
    series(gate.cascadeCurve, 'Cascade', 'series-2', of),
    series(curve, 'CacheNet', 'series-1', of),
  ]
  const accuracies = [...curve, ...gate.cascadeCurve].map(({ accuracyOfWhole }) => accuracyOfWhole)
  const coverage = lineChart({
    label: 'Coverage by threshold',
    x,
    y: { domain: [0, 1], title: 'coverage', format: (value) => percent(value, 0) },
    series: both('coverage'),
    markers: [chosen],
  })
  const { fullAccuracy } = gate
  const accuracy = lineChart({
    label: 'Accuracy of the whole by threshold',
    x,
    y: {
      domain: accuracyDomain([...accuracies, fullAccuracy]),
      title: 'accuracy of the whole',
      format: (value) => percent(value),
    },
    series: both('accuracyOfWhole'),
    markers: [chosen, { axis: 'y', at: fullAccuracy, name: `full model ${percent(fullAccuracy)}` }],
  })
  return figure({
    title: 'Coverage and accuracy by threshold',
    isWide: true,
    legend: legend([
      { name: 'CacheNet', className: 'series-1' },
      { name: 'Cascade', className: 'series-2' },
    ]),
    chart: markup`<div class="pair">${coverage}${accuracy}</div>`,
    caption: `Validation images, one stream (${gate.stream}), the settings of the gate that does not adapt; Cascade is the generalist alone. The vertical line is the threshold that was chosen for CacheNet.`,
    table: {
      caption: 'Gate curve of CacheNet',
      columns: [
        'τ in nats',
        'coverage',
        'accuracy on hits',
        'accuracy of the whole',
        'against full, points',
      ].map((title) => ({ title })),
      rows: curve.map((point) => [
        nats(point.thresholdNats),
        share(point.coverage),
        measured(Math.ceil(point.coverage * imageCounts.validation))(point.accuracyOnHits),
        share(point.accuracyOfWhole),
        points(point.accuracyOfWhole - gate.fullAccuracy),
      ]),
    },
  })
}

/** 0.01 → "every 100 frames". */
const changes = (rate: number): string =>
  rate === 0 ? 'never' : `every ${(1 / rate).toFixed(rate > 0.1 ? 1 : 0)} frames`

function localityTable({ manifest, accuracyTolerance, imageCounts }: ReportData): Markup {
  const share = measured(imageCounts.validation)
  const { localities } = manifest.gate
  if (localities.length === 0) return nothing
  return dataTable({
    caption:
      'Settings of the adaptive gate by locality, the most local first; measured on validation streams.',
    columns: [
      { title: 'region changes' },
      { title: 'τ' },
      { title: 'τ of the generalist' },
      { title: 'probes' },
      { title: 'order', isText: true },
      { title: 'generalist', isText: true },
      { title: 'coverage' },
      { title: 'accuracy' },
      { title: 'against full, points' },
    ],
    rows: localities.map((row) => {
      const difference = row.accuracy - (row.edgeSceneAccuracy ?? row.fullAccuracy)
      return [
        changes(row.changeRate),
        nats(row.thresholdNats),
        nats(row.generalistThresholdNats),
        row.maxProbes,
        row.maxProbes > 1 || row.order === 'least-entropy' ? row.order : '–',
        `${row.asksGeneralist && row.maxProbes > 0 ? 'asked last' : row.maxProbes === 0 ? 'alone' : 'not asked'}${row.looksTwice === true ? ', looks twice' : ''}`,
        share(row.coverage),
        share(row.accuracy),
        difference < -accuracyTolerance
          ? markup`<span class="bad">${points(difference)} ✗</span>`
          : points(difference),
      ]
    }),
  })
}

/**
 * When a frame is a hit: the curve of one threshold, and the table from which the adaptive gate takes its
 * settings.
 */
export const gateSection = (data: ReportData): Markup =>
  section({
    id: 'gate',
    title: 'The entropy gate',
    lead: 'A frame is a hit where entropy ≤ τ. A higher τ answers more frames on the device, and more of them wrongly.',
    body: [curveFigure(data), localityTable(data)],
  })

import { lineChart, type LineSeries } from '../charts/line-chart.ts'
import type { Axis } from '../charts/plot-frame.ts'
import { figure, legend } from '../html/figure.ts'
import { markup, type Markup } from '../html/markup.ts'
import { percent } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import type { TableData } from '../html/table.ts'
import type { ReportData, TrainingCurve } from '../report-data.ts'

/** A table of more rows than this is a log: `metrics.jsonl` has it all. */
const mostRows = 24

function tableOf({ network, points }: TrainingCurve): TableData {
  const each = Math.ceil(points.length / mostRows)
  return {
    caption: `Loss and accuracy of ${network} in training`,
    columns: ['step', 'epoch', 'loss', 'accuracy'].map((title) => ({ title })),
    rows: points
      .filter((_, index) => index % each === each - 1 || index === points.length - 1)
      .map(({ step, epoch, loss, accuracy }) => [step, epoch + 1, loss.toFixed(3), percent(accuracy)]),
  }
}

function curveFigure(curve: TrainingCurve): Markup {
  const { network, points } = curve
  const x: Axis = {
    domain: [0, Math.max(1, ...points.map(({ step }) => step))],
    title: 'steps',
    format: String,
  }
  const last = points[points.length - 1]
  const losses = points.map(({ loss }) => loss)
  const draw = (of: string, y: Axis, series: LineSeries): Markup =>
    lineChart({ label: `${of} of ${network} by step`, x, y, series: [series] })
  // From its own lowest: distillation and smoothing keep a loss far from 0.
  const [low, high] = [Math.min(...losses), Math.max(...losses)]
  const drawn = [
    draw(
      'Loss',
      {
        domain: [low - (high - low) * 0.06, high + (high - low) * 0.06 + 1e-6],
        title: 'loss',
        format: (value) => String(value),
      },
      { name: 'loss', className: 'series-2', points: points.map(({ step, loss }) => [step, loss]) },
    ),
    draw(
      'Accuracy',
      { domain: [0, 1], title: 'accuracy', format: (value) => percent(value, 0) },
      {
        name: 'accuracy',
        className: 'series-1',
        points: points.map(({ step, accuracy }) => [step, accuracy]),
      },
    ),
  ]
  return figure({
    title: network,
    legend: legend([
      { name: 'loss', className: 'series-2' },
      { name: 'accuracy', className: 'series-1' },
    ]),
    chart: markup`${drawn}`,
    caption:
      last === undefined
        ? 'Nothing was logged.'
        : `Batches of training images, augmented, in training mode. At the end: loss ${last.loss.toFixed(3)}, accuracy ${percent(last.accuracy)}.`,
    table: tableOf(curve),
  })
}

/** Loss and accuracy of every network that was trained. */
export function trainingSection({ curves }: ReportData): Markup {
  const drawn = curves.filter(({ points }) => points.length > 0)
  return section({
    id: 'training',
    title: 'Training curves',
    lead: 'Losses are not comparable across networks: smoothing, distillation and the entropy-outside term differ.',
    body:
      drawn.length === 0
        ? markup`<p>The run has no metrics.jsonl, or nothing in it.</p>`
        : markup`<div class="figures">${drawn.map(curveFigure)}</div>`,
  })
}

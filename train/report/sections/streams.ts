import { streamDots, type StreamLane } from '../charts/stream-dots.ts'
import { markup, type Markup } from '../html/markup.ts'
import { legend } from '../html/figure.ts'
import { measured, percent, points } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import { dataTable } from '../html/table.ts'
import type { ReportData } from '../report-data.ts'
import { cacheNetName, keepsLine, strategiesOf, streamTitle, type Strategy } from '../strategies.ts'

const isDrawn = ({ name }: Strategy): boolean => name !== 'Device' && name !== 'Edge'

function lanesOf(strategies: readonly Strategy[], keys: readonly string[], tolerance: number): StreamLane[] {
  return keys.map((key) => ({
    name: streamTitle(key),
    dots: strategies.filter(isDrawn).flatMap(({ name, className, streams }) => {
      const metrics = streams[key]
      if (metrics === undefined) return []
      return [
        {
          strategy: name,
          className,
          coverage: metrics.coverage,
          difference: metrics.accuracy - metrics.fullAccuracy,
          keepsLine: keepsLine(metrics, tolerance),
        },
      ]
    }),
  }))
}

function streamTable(
  key: string,
  strategies: readonly Strategy[],
  tolerance: number,
  images: number,
): Markup {
  const share = measured(images)
  const rows = strategies.flatMap(({ name, note, streams }) => {
    const metrics = streams[key]
    if (metrics === undefined) return []
    const { accuracy, fullAccuracy, coverage, accuracyOnHits, switchRate } = metrics
    const difference = points(accuracy - fullAccuracy)
    const title = markup`${name === cacheNetName ? markup`<strong>${name}</strong>` : name} <span class="note">${note}</span>`
    const line = keepsLine(metrics, tolerance) ? difference : markup`<span class="bad">${difference} ✗</span>`
    return [
      [
        title,
        share(coverage),
        share(accuracy),
        line,
        coverage === 0 ? '–' : measured(Math.ceil(coverage * images))(accuracyOnHits),
        percent(switchRate),
      ],
    ]
  })
  return dataTable({
    caption: streamTitle(key),
    columns: [
      'strategy',
      'coverage',
      'accuracy of the whole',
      'against full, points',
      'accuracy on hits',
      'switches',
    ].map((title) => ({ title })),
    rows,
  })
}

/** All strategies on the same streams. */
export function streamsSection({ evaluation, manifest, accuracyTolerance }: ReportData): Markup {
  const strategies = strategiesOf(evaluation, manifest.partitions.length > 0)
  const keys = Object.keys(evaluation.streams)
  const dots = streamDots(
    'Coverage of each strategy on each stream; the tables below hold the numbers.',
    lanesOf(strategies, keys, accuracyTolerance),
  )
  const reading =
    'Further right is better: more frames answered without the network. A hollow dot paid for it with accuracy. The numbers are in the tables below.'
  return section({
    id: 'streams',
    title: 'Streams',
    lead: `Every strategy on the same streams of test images; misses are answered by the full model. L is the mean length of a scene in frames. ✗ and hollow dots: more than ${(accuracyTolerance * 100).toFixed(1)} points below the full model.`,
    body: [
      markup`<figure class="wide"><h3>Coverage by stream</h3>${legend(strategies.filter(isDrawn))}${dots}<figcaption>${reading}</figcaption></figure>`,
      markup`<div class="tables">${keys.map((key) => streamTable(key, strategies, accuracyTolerance, evaluation.images))}</div>`,
    ],
  })
}

import { entropyHistogram } from '../charts/entropy-histogram.ts'
import { figure, legend } from '../html/figure.ts'
import { markup, type Markup } from '../html/markup.ts'
import { nats } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import type { EntropyCounts, NetworkEntropies, ReportData } from '../report-data.ts'

function histogram(
  { network, mostNats, thresholdNats }: NetworkEntropies,
  { right, wrong }: EntropyCounts,
  where: string,
): Markup {
  const width = mostNats / Math.max(1, right.length)
  return figure({
    title: where === '' ? network : `${network}, ${where} its region`,
    caption: `Left of the dashed line is a hit. ${where === 'outside' ? 'Images that it was not trained for: all should be on the right.' : 'Right answers should be on the left, wrong ones on the right.'}`,
    chart: entropyHistogram({
      label: `Entropies of the right and wrong answers of ${network} ${where === '' ? 'on all images' : `${where} its region`}`,
      right,
      wrong,
      mostNats,
      thresholdNats,
    }),
    table: {
      caption: `Test images by entropy: ${network} ${where}`.trim(),
      columns: ['nats', 'right', 'wrong'].map((title) => ({ title })),
      rows: right.flatMap((count, bin) =>
        count + (wrong[bin] ?? 0) === 0
          ? []
          : [[`${nats(bin * width)}–${nats((bin + 1) * width)}`, count, wrong[bin] ?? 0]],
      ),
    },
  })
}

/**
 * How certain the networks are where they are right, where they are wrong, and where they are not at home.
 */
export function entropiesSection({ entropies }: ReportData): Markup {
  const figures = entropies.map((network) => [
    histogram(network, network.inside, network.outside === undefined ? '' : 'inside'),
    ...(network.outside === undefined ? [] : [histogram(network, network.outside, 'outside')]),
  ])
  return section({
    id: 'entropies',
    title: 'Entropies',
    lead: 'Predictive entropy of test images, after temperature scaling. Upwards right answers, downwards wrong ones, each as shares of their own group. The dashed line is τ of the gate that does not adapt.',
    body: [
      legend([
        { name: 'right', className: 'right' },
        { name: 'wrong', className: 'wrong' },
      ]),
      markup`<div class="figures">${figures}</div>`,
    ],
  })
}

import type { ReliabilityBin } from '../../calibration/calibration-error.ts'
import { reliabilityDiagram } from '../charts/reliability-diagram.ts'
import { figure, legend } from '../html/figure.ts'
import { markup, type Markup } from '../html/markup.ts'
import { measured, percent } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import type { NetworkReliability, ReportData } from '../report-data.ts'

/**
 * Expected calibration error of bins (Guo et al. 2017): mean distance of certainty and accuracy, weighted by
 * images.
 */
export function errorOfBins(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0)
  return total === 0
    ? 0
    : bins.reduce(
        (sum, { count, confidence, accuracy }) => sum + (count / total) * Math.abs(confidence - accuracy),
        0,
      )
}

const titleOf = (network: string): string =>
  network === 'full'
    ? 'Full model'
    : network === 'generalist'
      ? 'Generalist'
      : `${network}, inside its region`

function diagram({ network, temperature, before, after }: NetworkReliability): Markup {
  const [errorBefore, errorAfter] = [errorOfBins(before), errorOfBins(after)]
  const direction = errorAfter < errorBefore ? '' : ' Scaling did not help on these images.'
  const cells = ({ count, confidence, accuracy }: ReliabilityBin): string[] =>
    count === 0 ? ['0', '–', '–'] : [String(count), percent(confidence), measured(count)(accuracy)]
  return figure({
    title: titleOf(network),
    caption: `ECE ${percent(errorBefore)} before, ${percent(errorAfter)} after division by T = ${temperature.toFixed(2)}.${direction}`,
    chart: reliabilityDiagram(`Certainty against accuracy of ${network}`, before, after),
    table: {
      caption: `Reliability of ${network}, before and after scaling`,
      columns: [
        'certainty',
        'images',
        'certain',
        'right',
        'images after',
        'certain after',
        'right after',
      ].map((title) => ({ title })),
      rows: before.flatMap((bin, index) => {
        const scaled = after[index]
        if (scaled === undefined || bin.count + scaled.count === 0) return []
        return [
          [
            `${percent(index / before.length, 0)}–${percent((index + 1) / before.length, 0)}`,
            ...cells(bin),
            ...cells(scaled),
          ],
        ]
      }),
    },
  })
}

/** Whether a network is as often right as it is certain. */
export const reliabilitySection = ({ reliabilities }: ReportData): Markup =>
  section({
    id: 'reliability',
    title: 'Reliability',
    lead: 'On the dotted diagonal a network is right as often as it says. Temperatures were fitted on validation images; here they are on test images. The area of a dot is its share of the images.',
    body: [
      legend([
        { name: 'before scaling', className: 'series-muted' },
        { name: 'after', className: 'series-1' },
      ]),
      markup`<div class="figures small">${reliabilities.map(diagram)}</div>`,
    ],
  })

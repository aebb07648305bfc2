import { heatMap } from '../charts/heat-map.ts'
import { shareBars } from '../charts/share-bars.ts'
import { figure } from '../html/figure.ts'
import { markup, nothing, type Markup } from '../html/markup.ts'
import { measured, percent } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import { dataTable } from '../html/table.ts'
import type { ReportData } from '../report-data.ts'

/** Which images the code gives to which partition, and what the partition is worth there. */
export function regionsSection({ evaluation, manifest }: ReportData): Markup {
  const { partitionShares, classByPartition, inRegion } = evaluation
  if (manifest.partitions.length === 0) return nothing
  const { classNames } = manifest
  const ids = inRegion.map(({ partition }) => partition)
  const heat = figure({
    title: 'Classes by partition',
    caption:
      'Test images of each class that the code gives to each partition, shaded by their share of the class. A class in one strong cell stays whole: a scene of it needs one partition.',
    chart: heatMap({
      label: `Test images by class and partition, ${classNames.length} classes by ${ids.length} partitions`,
      rows: classNames,
      columns: ids,
      counts: classByPartition,
      rowTitle: 'class',
      columnTitle: 'partition',
    }),
    table: {
      caption: 'Test images by class and partition',
      columns: [{ title: 'class' }, ...ids.map((title) => ({ title })), { title: 'in the two largest' }],
      rows: classByPartition.map((counts, index) => {
        const sorted = [...counts].sort((a, b) => b - a)
        const sum = sorted.reduce((total, count) => total + count, 0)
        return [
          classNames[index]!,
          ...counts,
          sum === 0 ? '–' : measured(sum)(((sorted[0] ?? 0) + (sorted[1] ?? 0)) / sum),
        ]
      }),
    },
  })
  const bars = ids.map((name, index) => ({ name, share: partitionShares[index] ?? 0 }))
  const shares = figure({
    title: 'Shares of the partitions',
    caption:
      'Share of the test images that the code gives to each partition. The dashed line is where all would be equal.',
    chart: shareBars(
      `Shares of the partitions: ${bars.map(({ name, share }) => `${name} ${percent(share)}`).join(', ')}`,
      bars,
    ),
    table: {
      caption: 'Shares of the partitions',
      columns: ['partition', 'share'].map((title) => ({ title })),
      rows: bars.map(({ name, share }) => [name, measured(evaluation.images)(share)]),
    },
  })
  const accuracy = dataTable({
    caption:
      'Accuracy inside each region, on test images. Told the region, the generalist chooses among its classes only. AUROC: chance that the entropy of an image that the partition was not trained for (of a wrong answer) is above that of one inside (a right one).',
    columns: [
      'region',
      'share',
      'partition right',
      'as delta',
      'generalist',
      '… told the region',
      '… with a head trained anew',
      'full model',
      '… told the region',
      'AUROC outside',
      'AUROC own errors',
    ].map((title) => ({ title })),
    rows: inRegion.map((region, index) => {
      const share = partitionShares[index] ?? 0
      const percent = measured(region.images)
      return [
        region.partition,
        measured(evaluation.images)(share),
        region.accuracy < region.fullPriorAccuracy
          ? markup`<span class="bad">${percent(region.accuracy)}</span>`
          : markup`<strong>${percent(region.accuracy)}</strong>`,
        region.deltaAccuracy === undefined ? '–' : percent(region.deltaAccuracy),
        percent(region.generalistAccuracy),
        percent(region.priorAccuracy),
        region.headAccuracy === undefined ? '–' : percent(region.headAccuracy),
        percent(region.fullAccuracy),
        percent(region.fullPriorAccuracy),
        region.aurocOutside.toFixed(3),
        region.aurocErrors.toFixed(3),
      ]
    }),
  })
  return section({
    id: 'regions',
    title: 'Regions',
    lead: 'A region is what is seen together: whole places, or classes that are taken for one another.',
    body: [accuracy, markup`<div class="figures">${[shares, heat]}</div>`],
  })
}

import { heatMap } from '../charts/heat-map.ts'
import { figure } from '../html/figure.ts'
import { markup, type Markup } from '../html/markup.ts'
import { measured } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import type { TableData } from '../html/table.ts'
import type { Confusion, ReportData } from '../report-data.ts'

const mostPairs = 40

/** Classes that are seen or answered at all: inside a region that is a few. */
export function seenClasses(counts: Confusion['counts']): number[] {
  return [...counts.keys()].filter(
    (index) => counts[index]!.some((count) => count > 0) || counts.some((row) => (row[index] ?? 0) > 0),
  )
}

/** Wrong answers by how often they were given, the most frequent first. */
function confusedPairs({ counts, network }: Confusion, names: readonly string[]): TableData {
  const pairs = counts.flatMap((row, truth) => {
    const sum = row.reduce((total, count) => total + count, 0)
    return row.flatMap((count, answer) =>
      count > 0 && truth !== answer ? [{ truth, answer, count, share: count / sum, sum }] : [],
    )
  })
  pairs.sort((a, b) => b.count - a.count)
  return {
    caption: `Most frequent wrong answers of ${network}`,
    columns: [
      { title: 'class' },
      { title: 'answer', isText: true },
      { title: 'images' },
      { title: 'of the class' },
    ],
    rows: pairs
      .slice(0, mostPairs)
      .map(({ truth, answer, count, share, sum }) => [
        names[truth]!,
        names[answer]!,
        count,
        measured(sum)(share),
      ]),
  }
}

function confusionFigure(confusion: Confusion, names: readonly string[]): Markup {
  const { network, counts } = confusion
  const seen = seenClasses(counts)
  const shown = seen.map((index) => names[index]!)
  const images = counts.flat().reduce((sum, count) => sum + count, 0)
  const right = counts.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  const where = network === 'full' ? 'all test images' : 'the test images of its region'
  return figure({
    title: network === 'full' ? 'Full model' : `${network}, inside its region`,
    caption: `${images} images, ${where}; ${images === 0 ? 'none' : measured(images)(right / images)} right. Rows are true classes and add up to all their images${seen.length < names.length ? '; classes that were neither seen nor answered are left out' : ''}.`,
    chart: heatMap({
      label: `Answers of ${network} by class, on ${where}`,
      rows: shown,
      columns: shown,
      counts: seen.map((row) => seen.map((column) => counts[row]![column]!)),
      rowTitle: 'class',
      columnTitle: 'answer',
      hasDiagonal: true,
    }),
    table: confusedPairs(confusion, names),
  })
}

/** Who is taken for whom. */
export const confusionSection = ({ confusions, manifest }: ReportData): Markup =>
  section({
    id: 'confusion',
    title: 'Confusion',
    lead: 'Who is taken for whom: right answers on the diagonal, wrong ones in the warning colour, shaded by their share of the class.',
    body: markup`<div class="figures">${confusions.map((confusion) => confusionFigure(confusion, manifest.classNames))}</div>`,
  })

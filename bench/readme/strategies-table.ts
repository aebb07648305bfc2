import { mean } from '../../core/mean.ts'
import { percent } from '../../core/percent.ts'
import { spreadOf } from '../harness/spread.ts'
import { ratioOfMeans } from '../strategies/headline.ts'
import type { Results, Row } from '../strategies/results.ts'
import { strategyTitles } from '../strategies/strategy.ts'

export const tableStart = '<!-- strategies: written by npm run bench -- strategies -->'
export const tableEnd = '<!-- /strategies -->'

const spread = (values: readonly number[], digits: number): string => {
  const { median, least, most } = spreadOf(values)
  return values.length === 1
    ? median.toFixed(digits)
    : `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`
}
/** Of the runs that know what was right. */
function accuracyOf(runs: Row['runs']): string {
  const known = runs.flatMap(({ accuracy }) => accuracy ?? [])
  return known.length === 0 ? '–' : percent(mean(known))
}
const sectionTitles: Readonly<Record<Row['section'], string>> = {
  headline: 'the targets’ conditions',
  'full-speed': 'full speed, no network between',
  matrix: 'one thing changed at a time',
  map: 'points of the map',
  folder: 'a folder, as its files are called',
}

function conditionsOf({ bundle, stream, network, slowDown, cache }: Row): string {
  return `${bundle}, ${stream}, ${network}, device 1/${slowDown}, cache ${cache}`
}

/** Ratio of a strategy's mean latency to CacheNet's on the same streams. */
function overOurs(row: Row, rows: readonly Row[]): string {
  if (row.strategy === 'adaptive') return '1'
  const ours = rows.find(
    (other) =>
      other.strategy === 'adaptive' &&
      other.section === row.section &&
      conditionsOf(other) === conditionsOf(row),
  )
  const ratio = ratioOfMeans(row, ours)
  return ratio === undefined
    ? '–'
    : `${ratio.median.toFixed(2)}${ratio.n === 1 ? '' : ` (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`}`
}

function table(rows: readonly Row[], all: readonly Row[]): string[] {
  return [
    '| conditions | strategy | mean ms | p50 | p95 | p99 | ÷ CacheNet | right | hits | kB up / down | n |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => {
      const { runs } = row
      const of = (pick: (run: Row['runs'][number]) => number): number[] => runs.map(pick)
      const kilobytes = (pick: (run: Row['runs'][number]) => number): string =>
        (mean(of(pick)) / 1000).toFixed(0)
      const cells = [
        conditionsOf(row),
        strategyTitles[row.strategy],
        spread(
          of(({ meanMs }) => meanMs),
          1,
        ),
        mean(of(({ p50Ms }) => p50Ms)).toFixed(1),
        mean(of(({ p95Ms }) => p95Ms)).toFixed(1),
        mean(of(({ p99Ms }) => p99Ms)).toFixed(1),
        overOurs(row, all),
        accuracyOf(runs),
        percent(mean(of(({ hitRate }) => hitRate))),
        `${kilobytes(({ wireBytesUp }) => wireBytesUp)} / ${kilobytes(({ wireBytesDown }) => wireBytesDown)}`,
        String(row.n),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ]
}

/** Rows by the commits that their runs were measured at: what was not measured again says so. */
function byCommits(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const commits = [...new Set(row.runs.map((run) => run.commit))].join(' and ')
    groups.set(commits, [...(groups.get(commits) ?? []), row])
  }
  return groups
}

/**
 * What of the results stands in docs/results: headline, full speed, and every other condition, whoever won
 * there.
 */
export function strategiesTable(results: Results): string {
  const { rows, machine, commit, measuredAt, hitOverheadMs, kernelShareOfPartition, slowDowns } = results
  const sections = (['headline', 'full-speed', 'matrix', 'folder'] as const).flatMap((section) => {
    const of = rows.filter((row) => row.section === section)
    return [...byCommits(of)].flatMap(([commits, measured]) => [
      `**${sectionTitles[section]}**${commits === commit ? '' : `, at ${commits}`}`,
      '',
      ...table(measured, rows),
      '',
    ])
  })
  const factors = slowDowns
    .filter(({ wantedFactor }) => wantedFactor > 1)
    .map(
      ({ wantedFactor, factor }) =>
        `1/${wantedFactor} is ${factor.median.toFixed(1)} (${factor.least.toFixed(1)}–${factor.most.toFixed(1)}, n = ${factor.n})`,
    )
  const limits =
    kernelShareOfPartition === null || hitOverheadMs === null
      ? []
      : [
          `Of a partition's time ${percent(kernelShareOfPartition)} are bare convolutions; a hit in the page costs ${hitOverheadMs.toFixed(2)} ms beyond them.`,
        ]
  return [
    `Measured ${measuredAt.slice(0, 10)} at ${commit} on ${String(machine['cpu'])}, ${String(machine['cores'])} cores (\`npm run bench -- strategies\`; raw numbers in \`bench/results/strategies.json\`).`,
    ...(factors.length === 0 ? [] : [`Slowed-down devices, by a known kernel: ${factors.join(', ')}.`]),
    ...limits,
    '',
    ...sections,
  ]
    .join('\n')
    .trimEnd()
}

/** The page with the table in its place. Throws where the place is not marked. */
export function withTable(readme: string, results: Results): string {
  const [start, end] = [readme.indexOf(tableStart), readme.indexOf(tableEnd)]
  if (start < 0 || end < start)
    throw new RangeError(`the page has no place between ${tableStart} and ${tableEnd}`)
  return `${readme.slice(0, start + tableStart.length)}\n\n${strategiesTable(results)}\n\n${readme.slice(end)}`
}

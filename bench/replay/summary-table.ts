import type { ReplaySummary } from './summary.ts'

const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${(share * 100).toFixed(1)} %`
const ms = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(1)} ms`)
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

/** What a replay prints at its end. */
export function summaryTable(summary: ReplaySummary): string {
  const { all, hits, misses, uncertain, edge } = summary
  const share = (frames: number): string => percent(all.frames === 0 ? undefined : frames / all.frames)
  const rows = [
    ['', 'frames', 'share', 'accuracy', 'p50', 'p95'],
    ...(
      [
        ['all', all],
        ['hits', hits],
        ['misses', misses],
        ['uncertain', uncertain],
      ] as const
    ).map(([name, of]) => [
      name,
      String(of.frames),
      share(of.frames),
      percent(of.accuracy),
      ms(of.p50Ms),
      ms(of.p95Ms),
    ]),
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
  return [
    ...table,
    '',
    `switches  ${summary.switches}`,
    `bytes     ${kB(summary.bytesUp)} up, ${kB(summary.bytesDown)} down`,
    `the edge  answered ${edge.frames} frames and sent ${edge.blobs} blobs`,
    ...summary.disagreements.map((what) => `WARNING   ${what}`),
  ].join('\n')
}

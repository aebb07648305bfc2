import { fewImages, measuredShare } from '../../core/measured-share.ts'
import type { ReplaySummary } from './summary.ts'

const ms = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(1)} ms`)
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/**
 * What a replay prints at its end.
 *
 * @param images different images that were played: a stream may show them again and again, and learns no more
 */
export function summaryTable(summary: ReplaySummary, images: number): string {
  const { all, hits, misses, uncertain, edge } = summary
  const measured = (share: number | undefined, frames: number): string =>
    share === undefined ? '–' : measuredShare(share, Math.min(frames, images))
  const share = (frames: number): string => measured(frames / all.frames, all.frames)
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
      measured(of.accuracy, of.frames),
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
    ...(Math.min(all.frames, images) < fewImages
      ? ['In brackets: where the true figure lies, 19 times of 20. The images are few.']
      : []),
    '',
    `switches  ${summary.switches}`,
    `bytes     ${kB(summary.bytesUp)} up, ${kB(summary.bytesDown)} down`,
    `the edge  answered ${counted(edge.frames, 'frame')} and sent ${counted(edge.blobs, 'blob')}`,
    ...summary.disagreements.map((what) => `WARNING   ${what}`),
  ].join('\n')
}

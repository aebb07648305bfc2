import { percent } from '../../../core/percent.ts'
import { sizeInWords } from '../../models/sized-architecture.ts'
import type { ControlRow, Controls } from './run-controls.ts'

const columns: readonly [string, (row: ControlRow) => number | undefined][] = [
  ['generalist', ({ generalist }) => generalist],
  ['told', ({ told }) => told],
  ['head anew', ({ head }) => head],
  ['delta', ({ delta }) => delta],
  ['partition', ({ partition }) => partition],
  ['from scratch', ({ scratch }) => scratch],
  ['one wide, told', ({ wideTold }) => wideTold],
  ['full, told', ({ fullTold }) => fullTold],
]

function mean(rows: readonly ControlRow[], of: (row: ControlRow) => number | undefined): number | undefined {
  const known = rows.map(of).filter((share) => share !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, share) => sum + share, 0) / known.length
}

/** The controls as a Markdown table, a line each region, then what an estimated prior makes of a stream. */
export function formatControls({ rows, wideSize, estimated }: Controls): string {
  const lines = [
    ['region', ...columns.map(([name]) => name)],
    ['---', ...columns.map(() => '---')],
    ...rows.map((row) => [row.region, ...columns.map(([, of]) => percent(of(row)))]),
    ['**mean**', ...columns.map(([, of]) => percent(mean(rows, of)))],
  ].map((row) => `| ${row.join(' | ')} |`)
  const stream =
    estimated === undefined
      ? []
      : [
          '',
          `In streams of places of 100 frames, with a scene prior that each feeds by itself: ` +
            `generalist ${percent(estimated.generalist)}, full model ${percent(estimated.full)}.`,
        ]
  return [...lines, '', `One wide network: ${sizeInWords(wideSize)}.`, ...stream].join('\n')
}

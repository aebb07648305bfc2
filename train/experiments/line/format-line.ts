import { percent } from '../../../core/percent.ts'
import type { LineOfStream } from './measure-line.ts'

const points = (share: number): string => (100 * share).toFixed(2)

/** A line each draw, as a Markdown table; what is lost is in percentage points. */
export const formatLine = (streams: readonly LineOfStream[]): string =>
  [
    '| stream | draw | lost, points | standard error | lost by its row alone | on the device |',
    '| --- | --- | --- | --- | --- | --- |',
    ...streams.flatMap(({ stream, draws }) =>
      draws.map(
        ({ draw, loss, error, lossOfRow, coverage }) =>
          `| ${stream} | ${draw === 0 ? 'of the calibration' : draw} | ${points(loss)} | ${points(error)} | ` +
          `${points(lossOfRow)} | ${percent(coverage)} |`,
      ),
    ),
  ].join('\n')

import { percent } from '../../../core/percent.ts'
import type { MeasuredPictures } from './measure-pictures.ts'

const points = (share: number): string => (100 * share).toFixed(2)

/** A line each encoding, as a Markdown table; what is lost is in percentage points. */
export const formatPictures = ({
  images,
  size,
  bareAccuracy,
  bareBytes,
  encodings,
}: MeasuredPictures): string =>
  [
    `${images} validation images at ${size} px`,
    '',
    '| pictures | right | lost, points | standard error | bytes, mean |',
    '| --- | --- | --- | --- | --- |',
    `| bare pixels | ${percent(bareAccuracy)} | – | – | ${bareBytes} |`,
    ...encodings.map(
      ({ format, quality, accuracy, loss, error, meanBytes }) =>
        `| ${format} ${quality} | ${percent(accuracy)} | ${points(loss)} | ${points(error)} | ${Math.round(meanBytes)} |`,
    ),
  ].join('\n')

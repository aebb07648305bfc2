import { percent } from '../../../core/percent.ts'
import type { SearchSettings } from '../../config/search-schema.ts'
import { formatTable } from '../../run/summary.ts'
import { deviceMs, edgeMs } from '../../calibration/expected-time.ts'
import { chooseWinner, isAlone, isPlainAsGood } from './choose-winner.ts'
import type { SearchResult } from './run-search.ts'

/** What the search found, in a sentence or two: the winner, or that partitions are not worth having here. */
export function verdict(result: SearchResult, tolerance: number): string {
  const winner = chooseWinner(result, tolerance)
  const { cacheNet, plain, shipped } = winner
  if (shipped === undefined) return 'No candidate keeps the accuracy line.'
  const setting = `--set "generalist.widths=${JSON.stringify(shipped.widths)} partitionCount=${shipped.partitionCount}"`
  if (cacheNet === undefined)
    return `No candidate with partitions keeps the accuracy line; the generalist alone does: ${setting}.`
  const ours = `${cacheNet.expectedMs.toFixed(2)} ms a frame with ${cacheNet.partitionCount} partitions of ${cacheNet.costs.partitionMegaMacs.toFixed(1)} MMACs`
  if (plain !== undefined && isPlainAsGood(winner)) {
    const shippedAs = 'The generalist alone is what to ship'
    return `Partitions are not worth having here: ${plain.strategy} with widths ${plain.widths.join(', ')} takes ${plain.expectedMs.toFixed(2)} ms a frame, the best with partitions ${ours}. ${shippedAs}: ${setting}.`
  }
  const margin =
    plain === undefined
      ? ''
      : `; the best without partitions, ${plain.strategy}, takes ${plain.expectedMs.toFixed(2)} ms`
  return `The best takes ${ours}${margin}: ${setting}.`
}

/** The whole table, the strategies without a small network first, then what was left out and the verdict. */
export function formatSearch(
  result: SearchResult,
  device: SearchSettings['device'],
  tolerance: number,
): string {
  const costs = result.rows[0]?.costs
  const fixed =
    costs === undefined
      ? []
      : [
          ['Device', '', '', '', '', deviceMs(costs, device).toFixed(2)],
          ['Edge', '', '', '', '', edgeMs(costs, device).toFixed(2)],
        ]
  const rows = result.rows.map((row) => [
    row.strategy,
    row.costs.partitionMegaMacs.toFixed(1),
    isAlone(row) ? '' : String(row.partitionCount),
    `${((row.accuracy - row.edgeSceneAccuracy) * 100).toFixed(1)} points`,
    percent(row.coverage),
    row.expectedMs.toFixed(2),
  ])
  const profile = `For a device of ${device.gigaflops} GFLOP/s, an edge of ${device.edgeGigaflops} GFLOP/s and a round trip of ${device.roundTripMs} ms, on validation images:`
  return [
    profile,
    formatTable(
      ['strategy', 'MMACs', 'partitions', 'against Edge + scene', 'on the device', 'ms a frame'],
      [...fixed, ...rows],
    ),
    ...(result.skipped.length === 0
      ? []
      : ['', 'Not trained:', ...result.skipped.map((line) => `  ${line}`)]),
    '',
    verdict(result, tolerance),
  ].join('\n')
}

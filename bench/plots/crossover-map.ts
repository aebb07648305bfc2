import { mappedStrategies, mapRoundTripsMs, mapSlowDowns, type Crossover } from '../strategies/crossover.ts'
import { strategyTitles } from '../strategies/strategy.ts'
import { networkProfiles, type NetworkName } from '../network/profiles.ts'
import { colours, rect, svg, text } from './svg.ts'

const [left, top, cellWidth, cellHeight] = [96, 70, 58, 34]

/**
 * Which strategy is fastest by round trip and device, from measured parts; a ring where a full run agrees, a
 * cross where it does not.
 */
export function crossoverMap(bundle: string, { cells, checks }: Crossover): string {
  const column = (roundTripMs: number): number =>
    left + mapRoundTripsMs.findIndex((known) => known === roundTripMs) * cellWidth
  const row = (slowDown: number): number =>
    top + mapSlowDowns.findIndex((known) => known === slowDown) * cellHeight
  const title = `${bundle}: fastest strategy by round trip and device`
  return svg(
    left + mapRoundTripsMs.length * cellWidth + 20,
    top + mapSlowDowns.length * cellHeight + 64,
    title,
    [
      text(12, 24, title, 'font-weight="600"'),
      ...mapRoundTripsMs.map((ms) =>
        text(column(ms) + cellWidth / 2, top - 10, `${ms} ms`, 'text-anchor="middle"'),
      ),
      ...mapSlowDowns.map((slowDown) =>
        text(left - 8, row(slowDown) + 22, `device 1/${slowDown}`, 'text-anchor="end"'),
      ),
      ...cells.flatMap(({ slowDown, roundTripMs, fastest, expectedMs }) => [
        rect(column(roundTripMs), row(slowDown), cellWidth - 2, cellHeight - 2, colours[fastest]),
        `<text x="${column(roundTripMs) + cellWidth / 2 - 1}" y="${row(slowDown) + 21}" fill="#ffffff" text-anchor="middle">${expectedMs[fastest].toFixed(1)}</text>`,
      ]),
      ...checks.map(({ network, slowDown, expected, measured }) => {
        const [x, y] = [
          column(networkProfiles[network as NetworkName].roundTripMs) + cellWidth - 11,
          row(slowDown) + 8,
        ]
        return expected === measured
          ? `<circle cx="${x}" cy="${y}" r="4" fill="none" stroke="#ffffff" stroke-width="2"/>`
          : `<path d="M${x - 4} ${y - 4}l8 8m0-8l-8 8" stroke="#ffffff" stroke-width="2"/>`
      }),
      ...mappedStrategies.flatMap((strategy, index) => {
        const x = left + index * 110
        const y = top + mapSlowDowns.length * cellHeight + 20
        return [rect(x, y, 14, 14, colours[strategy]), text(x + 20, y + 12, strategyTitles[strategy])]
      }),
      text(
        12,
        top + mapSlowDowns.length * cellHeight + 54,
        'Mean milliseconds expected; ring: a full run has the same winner, cross: another',
        'font-size="11"',
      ),
    ],
  )
}

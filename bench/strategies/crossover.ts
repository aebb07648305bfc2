import { mean } from '../../core/mean.ts'
import { networkProfiles, type NetworkName } from '../network/profiles.ts'
import type { Row } from './results.ts'
import type { Strategy } from './strategy.ts'

export const mappedStrategies = ['device', 'edge', 'cascade', 'adaptive'] as const
export type MappedStrategy = (typeof mappedStrategies)[number]

/** What a strategy is made of, measured at full speed over loopback. */
export interface Parts {
  /**
   * Milliseconds of a frame that is answered on the device; of Edge, what the device does before a frame
   * leaves.
   */
  readonly localMs: number
  /** Milliseconds of a frame that the edge answers. */
  readonly missMs: number
  readonly hitRate: number
}

export interface Crossover {
  readonly parts: Readonly<Record<MappedStrategy, Parts>>
  /** For each slow-down and round trip, the fastest strategy and what each is expected to take. */
  readonly cells: readonly {
    readonly slowDown: number
    readonly roundTripMs: number
    readonly fastest: MappedStrategy
    readonly expectedMs: Readonly<Record<MappedStrategy, number>>
  }[]
  /** The map against full runs. */
  readonly checks: readonly {
    readonly network: string
    readonly slowDown: number
    readonly expected: MappedStrategy
    readonly measured: MappedStrategy
    readonly expectedMs: Readonly<Record<MappedStrategy, number>>
    readonly measuredMs: Readonly<Record<MappedStrategy, number>>
  }[]
}

export const mapSlowDowns = [1, 2, 4, 8, 16] as const
export const mapRoundTripsMs = [0, 2, 5, 10, 20, 50, 100, 150, 300] as const

/**
 * What a device does gets slower with it; what the edge does, does not; and a miss waits for the network
 * once.
 */
export function expectedMs(
  { localMs, missMs, hitRate }: Parts,
  slowDown: number,
  roundTripMs: number,
): number {
  const miss = missMs + (slowDown - 1) * localMs + roundTripMs
  return hitRate * slowDown * localMs + (1 - hitRate) * miss
}

const recordOf = <Value>(value: (strategy: MappedStrategy) => Value): Record<MappedStrategy, Value> => ({
  device: value('device'),
  edge: value('edge'),
  cascade: value('cascade'),
  adaptive: value('adaptive'),
})

const fastestOf = (ms: Readonly<Record<MappedStrategy, number>>): MappedStrategy =>
  mappedStrategies.reduce((best, strategy) => (ms[strategy] < ms[best] ? strategy : best))

function partsOf(row: Row | undefined, frameOverheadMs: number): Parts | undefined {
  if (row === undefined) return undefined
  const hits = row.runs.flatMap(({ hitMs }) => hitMs ?? [])
  const misses = row.runs.flatMap(({ missMs }) => missMs ?? [])
  return {
    localMs: hits.length > 0 ? mean(hits) : frameOverheadMs,
    missMs: misses.length > 0 ? mean(misses) : 0,
    hitRate: mean(row.runs.map(({ hitRate }) => hitRate)),
  }
}

/**
 * Which strategy is fastest, by round trip and slow-down of the device, from what was measured at full speed
 * over loopback; and how that compares with runs under other conditions. Undefined while the parts are not
 * all measured.
 */
export function crossoverOf(rows: readonly Row[], bundle: string): Crossover | undefined {
  const rowIn = (
    section: Row['section'],
    strategy: Strategy,
    network: string,
    slowDown: number,
  ): Row | undefined =>
    rows.find(
      (row) =>
        row.section === section &&
        row.bundle === bundle &&
        row.strategy === strategy &&
        row.network === network &&
        row.slowDown === slowDown,
    )
  const cascade = partsOf(rowIn('full-speed', 'cascade', 'loopback', 1), 0)
  if (cascade === undefined) return undefined
  const found = recordOf((strategy) => partsOf(rowIn('full-speed', strategy, 'loopback', 1), cascade.localMs))
  const { device, edge, adaptive } = found
  if (device === undefined || edge === undefined || adaptive === undefined) return undefined
  const parts = { device, edge, cascade, adaptive }
  const expectedAt = (slowDown: number, roundTripMs: number): Record<MappedStrategy, number> =>
    recordOf((strategy) => expectedMs(parts[strategy], slowDown, roundTripMs))
  const places = new Map(
    rows
      .filter((row) => row.section === 'map' && row.bundle === bundle)
      .map(({ network, slowDown }) => [`${network} ${slowDown}`, { network, slowDown }]),
  )
  const checks = [...places.values()].flatMap(({ network, slowDown }) => {
    const measured = recordOf(
      (strategy) => rowIn('map', strategy, network, slowDown)?.runs.map(({ meanMs }) => meanMs) ?? [],
    )
    if (mappedStrategies.some((strategy) => measured[strategy].length === 0)) return []
    const measuredMs = recordOf((strategy) => mean(measured[strategy]))
    const expected = expectedAt(slowDown, networkProfiles[network as NetworkName].roundTripMs)
    return [
      {
        network,
        slowDown,
        expected: fastestOf(expected),
        measured: fastestOf(measuredMs),
        expectedMs: expected,
        measuredMs,
      },
    ]
  })
  const cells = mapSlowDowns.flatMap((slowDown) =>
    mapRoundTripsMs.map((roundTripMs) => ({
      slowDown,
      roundTripMs,
      fastest: fastestOf(expectedAt(slowDown, roundTripMs)),
      expectedMs: expectedAt(slowDown, roundTripMs),
    })),
  )
  return { parts, cells, checks }
}

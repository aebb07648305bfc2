import { bestRow, type SearchResult, type SearchRow, type StrategyName } from './run-search.ts'

/** Within this factor of the best, plain is better: one network, nothing to select, download or keep. */
const asGoodAs = 1.02

/** What a search comes to. */
export interface Winner {
  /** The best with partitions, and the best without; undefined where none keeps the accuracy line. */
  readonly cacheNet: SearchRow | undefined
  readonly plain: SearchRow | undefined
  /**
   * What to train at full length and to ship: 0 partitions where a plain Cascade is as good. Undefined where
   * nothing keeps the line.
   */
  readonly shipped:
    { readonly widths: readonly [number, number, number]; readonly partitionCount: number } | undefined
}

/** The generalist alone, each a bundle without partitions. */
const alone: readonly StrategyName[] = ['Cascade', 'Cascade + scene']

export const isAlone = ({ strategy }: SearchRow): boolean => alone.includes(strategy)

/** With partitions only where they clearly gain: the generalist alone is simpler. */
export function chooseWinner({ rows }: SearchResult, tolerance: number): Winner {
  const bestOf = (...strategies: StrategyName[]): SearchRow | undefined =>
    bestRow(
      rows.filter(({ strategy }) => strategies.includes(strategy)),
      tolerance,
    )
  const cacheNet = bestOf('CacheNet')
  const cascade = bestOf(...alone)
  const isPlain =
    cascade !== undefined && (cacheNet === undefined || cascade.expectedMs <= cacheNet.expectedMs * asGoodAs)
  const shipped = isPlain ? { ...cascade, partitionCount: 0 } : cacheNet
  return {
    cacheNet,
    plain: cascade,
    shipped:
      shipped === undefined ? undefined : { widths: shipped.widths, partitionCount: shipped.partitionCount },
  }
}

/** Whether the best without partitions is as good as the best with them. */
export const isPlainAsGood = ({ cacheNet, plain }: Winner): boolean =>
  plain !== undefined && cacheNet !== undefined && plain.expectedMs <= cacheNet.expectedMs * asGoodAs

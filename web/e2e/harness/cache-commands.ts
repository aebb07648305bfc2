import * as fc from 'fast-check'

/**
 * What happens to a partition cache. Partitions are numbers; which blob that is depends on the version of the
 * bundle that is served.
 */
export type CacheCommand =
  | {
      readonly kind: 'fetch' | 'fetch-together' | 'use' | 'remove' | 'quota'
      readonly tab: number
      readonly index: number
    }
  | { readonly kind: 'corrupt'; readonly index: number; readonly how: 'altered' | 'short' }
  | { readonly kind: 'pin'; readonly tab: number; readonly indices: readonly number[] }
  | {
      readonly kind: 'set-budget'
      readonly tab: number
      readonly entries: number
      readonly partitions: number
    }
  | { readonly kind: 'clear'; readonly tab: number }
  | { readonly kind: 'kill' | 'delete-blobs' | 'delete-index' | 'upgrade' | 'update-app' }

const index = fc.integer({ min: 0, max: 5 })
const tab = fc.integer({ min: 0, max: 1 })

const command = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('fetch' as const), tab, index }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('use' as const), tab, index }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fetch-together' as const), tab, index }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), tab, index }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('quota' as const), tab, index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('corrupt' as const),
      index,
      how: fc.constantFrom('altered' as const, 'short' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pin' as const),
      tab,
      indices: fc.uniqueArray(index, { maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('set-budget' as const),
      tab,
      entries: fc.integer({ min: 0, max: 6 }),
      partitions: fc.integer({ min: 0, max: 7 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), tab }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('delete-blobs' as const, 'delete-index' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('upgrade' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('update-app' as const) }) },
)

/** A history of a partition cache, as long as a test has time for. */
export const cacheHistory: fc.Arbitrary<CacheCommand[]> = fc.array(command, {
  minLength: 6,
  maxLength: 18,
  size: 'max',
})

import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { CacheClient } from './cache-client.ts'
import { nothingResident, stepResidency } from './residency.ts'
import type { ResidencyCommand, ResidencyEvent } from './residency.ts'
import type { Waiters } from './waiters.ts'

/** Holds the state of `stepResidency`. */
export interface ResidencyRunner {
  /** Does at once what needs no waiting. @returns the commands that are left for the caller */
  readonly step: (event: ResidencyEvent) => readonly ResidencyCommand[]
  /** The partition that was named last. */
  readonly wanted: () => string | undefined
}

const never = new AbortController().signal

export function createResidencyRunner(
  { partitions }: Pick<Manifest, 'partitions'>,
  cache: Pick<CacheClient, 'pin' | 'reportUse'>,
  proofs: Pick<Waiters, 'release'>,
): ResidencyRunner {
  const hashes = new Map(partitions.map(({ id, whole }) => [id, whole.sha256]))
  let state = nothingResident

  /** @returns whether that was all there is to do */
  function doAtOnce({ kind, id }: ResidencyCommand): boolean {
    const sha256 = hashes.get(id)
    switch (kind) {
      case 'proven':
        proofs.release(id)
        return true
      case 'report-use':
        if (sha256 !== undefined) cache.reportUse(sha256)
        return true
      case 'pin':
        // A lost pin costs at worst a download.
        if (sha256 !== undefined) void cache.pin(never, [sha256]).catch(() => undefined)
        return true
      case 'arrive':
      case 'join-arrival':
      case 'load':
      case 'refine':
      case 'refine-when-proven':
      case 'join-refinement':
      case 'prefetch':
        return false
    }
  }

  return {
    wanted: () => state.wanted,
    step(event) {
      // What is done may bring the next event: the state is the new one by then.
      const { state: next, commands } = stepResidency(state, event)
      state = next
      return commands.filter((command) => !doAtOnce(command))
    },
  }
}

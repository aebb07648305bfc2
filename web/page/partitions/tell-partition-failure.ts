import type { CacheNetError } from '../../../core/wire/errors.ts'
import type { EdgeState } from '../edge/edge-client.ts'
import { isAway } from '../edge/is-away.ts'
import type { Notices } from '../state/notices.ts'

export interface PartitionFailureAudience {
  readonly edgeState: () => EdgeState
  readonly notices: Pick<Notices, 'showError'>
  /** The edge seems to have another version of the bundle. */
  readonly onDoubt: () => void
}

/** A partition that was wanted did not come. */
export function tellPartitionFailure(
  error: CacheNetError,
  { edgeState, notices, onDoubt }: PartitionFailureAudience,
): void {
  // Weights of a version that is gone are gone with it.
  if (error.code === 'blob-unknown') onDoubt()
  // An edge that is away is told once, whatever it kept from us.
  if (!isAway(error) || edgeState() !== 'offline') notices.showError('partition', error)
}

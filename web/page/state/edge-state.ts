import { isAway } from '../edge/is-away.ts'
import type { EdgeState } from '../edge/edge-client.ts'
import type { BundleState } from './bundle.ts'

/** Whether there is an edge: its client knows, and where no bundle could be opened, why that was. */
export function edgeStateOf(bundle: BundleState): EdgeState {
  if (bundle.kind === 'open') return bundle.bundle.edge.state.value
  return bundle.kind === 'failed' && isAway(bundle.error) ? 'offline' : 'unknown'
}

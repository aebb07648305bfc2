import type { CacheNetError } from '../../../core/wire/errors.ts'
import type { ReloadPartition } from './fill-engine.ts'
import type { EngineMakers } from './running-engine.ts'

export interface InferenceHostOptions extends EngineMakers {
  /** On how many threads the kernels run at first. */
  readonly threads?: number
  readonly reload: ReloadPartition
  /** The worker broke down and a new one took over; the stream goes on. */
  readonly onRestart: (reason: CacheNetError) => void
  /** So many threads as were wanted could not be started, or broke down; it goes on with `threads`. */
  readonly onThreadsFailure?: (reason: CacheNetError, threads: number) => void
  /** How long a frame may take before the worker counts as hung. */
  readonly frameLimitMs?: number
  /** How long threads may take to start. */
  readonly threadsLimitMs?: number
  readonly nowMs?: () => number
}

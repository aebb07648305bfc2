import type { CacheNetError } from '../../../core/wire/errors.ts'
import type { EngineFleetOptions } from './engine-fleet.ts'

export interface SupervisedEngineOptions extends EngineFleetOptions {
  /** On how many threads the kernels run at first. */
  readonly threads: number
  readonly nowMs: () => number
  readonly onGiveUpPage: () => void
  readonly onRestart: (reason: CacheNetError) => void
  readonly onThreadsFailure: (reason: CacheNetError, threads: number) => void
}

import type { CacheNetError } from '../../../core/wire/errors.ts'
import type { EnginePlace } from './engine-place.ts'
import type { EngineSite } from './engine-site.ts'
import type { SupervisorState } from './supervisor-state.ts'

export type SupervisorEvent =
  /** Somebody waits for an engine. */
  | { readonly kind: 'needed' }
  /** A bundle is about to be opened: its networks are other ones. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'open-failed'; readonly engine: number; readonly error: CacheNetError }
  | { readonly kind: 'threads-wanted'; readonly threads: number }
  | { readonly kind: 'place-wanted'; readonly place: EnginePlace }
  /** The engine can be asked. */
  | { readonly kind: 'started'; readonly engine: number }
  /** The bundle is open there, and what was resident is in its memory. */
  | { readonly kind: 'filled'; readonly engine: number }
  /** The engine did not start, or could not be filled. */
  | { readonly kind: 'failed'; readonly engine: number; readonly error: CacheNetError }
  /** It stopped by itself, hung, or cannot be trusted any more; `atMs` by a clock that only goes on. */
  | { readonly kind: 'broke'; readonly engine: number; readonly error: CacheNetError; readonly atMs: number }
  | { readonly kind: 'closed' }

export type SupervisorCommand =
  /** `started` or `failed` follows. */
  | { readonly kind: 'start'; readonly engine: number; readonly site: EngineSite }
  /** As soon as nothing is being asked of the engine before; `filled` or `failed` follows. */
  | { readonly kind: 'fill'; readonly engine: number }
  /** Whoever still waits for an answer of it is told `reason`. */
  | { readonly kind: 'stop'; readonly engine: number; readonly reason: CacheNetError }
  /** The page's own thread is not to be tried again. */
  | { readonly kind: 'give-up-page' }
  /** Another engine took over after a breakdown; the stream goes on. */
  | { readonly kind: 'tell-restart'; readonly reason: CacheNetError }
  /** The threads that were wanted are not to be had; it goes on with so many. */
  | { readonly kind: 'tell-threads-failure'; readonly reason: CacheNetError; readonly threads: number }

export interface SupervisorTransition {
  readonly state: SupervisorState
  readonly commands: readonly SupervisorCommand[]
}

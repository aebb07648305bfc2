import type { CacheNetError } from '../../../core/wire/errors.ts'
import type { EnginePlace } from './engine-place.ts'
import { isSameSite, workerWith, type EngineSite } from './engine-site.ts'

/** An engine by its number: each one that is started gets the next. */
export interface Engine {
  readonly engine: number
  readonly site: EngineSite
}

/** The engine that answers, or that will as soon as it is there. */
export interface ServingEngine extends Engine {
  readonly phase: 'starting' | 'filling' | 'answering'
  /** Why the one before it broke down, until this one answers in its place. */
  readonly replacesAfter: CacheNetError | undefined
}

/** An engine elsewhere, that takes over when it has what is resident. */
export interface NextEngine extends Engine {
  readonly phase: 'starting' | 'ready' | 'filling'
}

/** Which engines there are, and which one is wanted. */
export interface SupervisorState {
  readonly wantedThreads: number
  readonly wantedPlace: EnginePlace
  /** On how many threads the kernels run, or are being started. */
  readonly threads: number
  readonly serving: ServingEngine | undefined
  readonly next: NextEngine | undefined
  readonly hasBundle: boolean
  /** When engines broke down lately, in milliseconds, in order. */
  readonly breakdownsMs: readonly number[]
  /** Why there is no engine any more. */
  readonly failure: CacheNetError | undefined
  readonly isClosed: boolean
  /** How many engines were started so far. */
  readonly started: number
}

/** @param threads how many are wanted at first */
export const noEngine = (threads: number): SupervisorState => ({
  wantedThreads: threads,
  wantedPlace: 'worker',
  threads,
  serving: undefined,
  next: undefined,
  hasBundle: false,
  breakdownsMs: [],
  failure: undefined,
  isClosed: false,
  started: 0,
})

/** Whether an engine can be asked now, or there is none to wait for. */
export const mayAsk = ({ serving, next }: SupervisorState): boolean =>
  next?.phase !== 'filling' && (serving === undefined || serving.phase === 'answering')

/** Whether the networks run where they are wanted, or run nowhere. */
export const isSettled = (state: SupervisorState): boolean =>
  state.next === undefined &&
  (state.serving === undefined ||
    (state.serving.phase === 'answering' && isSameSite(state.serving.site, wantedSite(state))))

/**
 * Where the networks are wanted. One thread is what a page has: more are a person's choice, and for workers
 * only.
 */
export const wantedSite = ({ wantedThreads, wantedPlace }: SupervisorState): EngineSite =>
  wantedThreads === 1 && wantedPlace === 'page' ? { kind: 'page' } : workerWith(wantedThreads)

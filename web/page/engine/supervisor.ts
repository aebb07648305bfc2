import { CacheNetError } from '../../../core/wire/errors.ts'
import { threadsOf, workerWith } from './engine-site.ts'
import type { SupervisorCommand, SupervisorEvent, SupervisorTransition } from './supervisor-events.ts'
import {
  isSettled,
  wantedSite,
  type Engine,
  type NextEngine,
  type SupervisorState,
} from './supervisor-state.ts'

/** So many breakdowns in so long, and it is not chance any more. */
export const maxRestarts = 3
export const restartWindowMs = 60_000

/** What follows from an event. */
export function stepSupervisor(state: SupervisorState, event: SupervisorEvent): SupervisorTransition {
  if (state.isClosed)
    return { state, commands: event.kind === 'started' ? [stop(event.engine, 'The page is closed.')] : [] }
  const followed = follow(state, event)
  const settled = settle(followed.state)
  return { state: settled.state, commands: [...followed.commands, ...settled.commands] }
}

function follow(state: SupervisorState, event: SupervisorEvent): SupervisorTransition {
  const { serving } = state
  switch (event.kind) {
    case 'needed':
      return serving === undefined ? startFirst(state) : { state, commands: [] }
    case 'opening': {
      // How long its networks take is found out in a worker.
      const opening = { ...state, hasBundle: true, wantedPlace: 'worker' as const, failure: undefined }
      if (serving === undefined) return startFirst(opening)
      if (serving.site.kind === 'worker') return { state: opening, commands: [] }
      return after([stop(serving.engine, 'Another bundle is opened.')], startFirst(opening))
    }
    case 'open-failed':
      // A backend that failed to start stays failed: the next attempt gets an engine of its own.
      return serving?.engine === event.engine && serving.phase === 'answering'
        ? {
            state: { ...state, serving: undefined },
            commands: [{ kind: 'stop', engine: event.engine, reason: event.error }],
          }
        : { state, commands: [] }
    case 'threads-wanted':
      return { state: { ...state, wantedThreads: event.threads }, commands: [] }
    case 'place-wanted':
      return { state: { ...state, wantedPlace: event.place }, commands: [] }
    case 'started':
      return hasStarted(state, event.engine)
    case 'filled':
      return isFilled(state, event.engine)
    case 'failed':
      return hasFailed(state, event.engine, event.error)
    case 'broke':
      return restart(state, event)
    case 'closed':
      return close(state)
  }
}

/** Sees to it that what is wanted comes: whatever event it was, nothing that is due is forgotten. */
function settle(state: SupervisorState): SupervisorTransition {
  const { serving, next } = state
  if (state.isClosed || (serving !== undefined && serving.phase !== 'answering'))
    return { state, commands: [] }
  if (next?.phase === 'ready') {
    return {
      state: { ...state, next: { ...next, phase: 'filling' } },
      commands: [{ kind: 'fill', engine: next.engine }],
    }
  }
  // Nothing runs that could go on: whoever opens a bundle next begins with the number that is wanted.
  if (serving === undefined) return { state: { ...state, threads: state.wantedThreads }, commands: [] }
  if (next !== undefined || isSettled(state)) return { state, commands: [] }
  const engine = state.started
  const site = wantedSite(state)
  return {
    state: { ...state, started: engine + 1, next: { engine, site, phase: 'starting' } },
    commands: [{ kind: 'start', engine, site }],
  }
}

/** @param replacesAfter why the one before it broke down, if one did */
function startServing(state: SupervisorState, threads: number, replacesAfter?: CacheNetError) {
  const engine = state.started
  const site = workerWith(threads)
  return {
    state: {
      ...state,
      started: engine + 1,
      serving: { engine, site, phase: 'starting' as const, replacesAfter },
    },
    commands: [{ kind: 'start' as const, engine, site }],
  }
}

const startFirst = (state: SupervisorState): SupervisorTransition => startServing(state, state.wantedThreads)

function hasStarted(state: SupervisorState, engine: number): SupervisorTransition {
  const { serving, next } = state
  if (next?.engine === engine && next.phase === 'starting')
    return { state: { ...state, next: { ...next, phase: 'ready' } }, commands: [] }
  if (serving?.engine !== engine || serving.phase !== 'starting')
    return { state, commands: [stop(engine, 'Another worker took over.')] }
  if (serving.replacesAfter === undefined) return { state: answerWith(state, serving), commands: [] }
  return {
    state: { ...state, serving: { ...serving, phase: 'filling' }, threads: threadsOf(serving.site) },
    commands: [{ kind: 'fill', engine }],
  }
}

function isFilled(state: SupervisorState, engine: number): SupervisorTransition {
  const { serving, next } = state
  if (next?.engine === engine && next.phase === 'filling') {
    return {
      state: answerWith({ ...state, next: undefined }, next),
      commands: serving === undefined ? [] : [stop(serving.engine, 'Another worker took over.')],
    }
  }
  if (serving?.engine !== engine || serving.phase !== 'filling' || serving.replacesAfter === undefined)
    return { state, commands: [] }
  return {
    state: answerWith(state, serving),
    commands: [{ kind: 'tell-restart', reason: serving.replacesAfter }],
  }
}

const answerWith = (state: SupervisorState, { engine, site }: Engine): SupervisorState => ({
  ...state,
  serving: { engine, site, phase: 'answering', replacesAfter: undefined },
  threads: threadsOf(site),
  failure: undefined,
})

function hasFailed(state: SupervisorState, engine: number, error: CacheNetError): SupervisorTransition {
  const { serving, next } = state
  if (next?.engine === engine) return { ...stayWhereItRuns({ ...state, next: undefined }, next, error) }
  if (serving?.engine !== engine || serving.phase === 'answering') return { state, commands: [] }
  const threads = threadsOf(serving.site)
  if (threads > 1) return after([tellThreads(error, 1)], startFirst({ ...state, wantedThreads: 1 }))
  return {
    state: { ...state, serving: undefined, failure: error },
    commands: serving.phase === 'filling' ? [{ kind: 'stop', engine, reason: error }] : [],
  }
}

/** What runs goes on: it was not touched yet. */
function stayWhereItRuns(
  state: SupervisorState,
  { engine, site, phase }: NextEngine,
  error: CacheNetError,
): SupervisorTransition {
  const commands: SupervisorCommand[] = phase === 'starting' ? [] : [{ kind: 'stop', engine, reason: error }]
  if (site.kind === 'page')
    return { state: { ...state, wantedPlace: 'worker' }, commands: [...commands, { kind: 'give-up-page' }] }
  // A wish that is kept would be tried again at once, and without end.
  const wantedPlace = state.serving?.site.kind ?? 'worker'
  return {
    state: { ...state, wantedThreads: state.threads, wantedPlace },
    commands: site.threads > 1 ? [...commands, tellThreads(error, state.threads)] : commands,
  }
}

/** One replacement for one broken engine, however many calls it failed. */
function restart(
  state: SupervisorState,
  { engine, error, atMs }: Extract<SupervisorEvent, { readonly kind: 'broke' }>,
): SupervisorTransition {
  const { serving, next } = state
  // One that another is about to replace is not worth starting again.
  if (serving?.engine !== engine || serving.phase !== 'answering' || next?.phase === 'filling')
    return { state, commands: [] }
  const stopped: SupervisorCommand = { kind: 'stop', engine, reason: error }
  const breakdownsMs = [...state.breakdownsMs.filter((time) => atMs - time < restartWindowMs), atMs]
  const broken = { ...state, serving: undefined, breakdownsMs }
  if (breakdownsMs.length > maxRestarts || !state.hasBundle)
    return { state: { ...broken, failure: keepsBreaking(error) }, commands: [stopped] }
  // Whether the threads were to blame nobody can tell; one is what is known to work.
  const hadThreads = state.threads > 1
  const wantedThreads = hadThreads ? 1 : state.wantedThreads
  const restarted = startServing({ ...broken, wantedThreads, wantedPlace: 'worker' }, 1, error)
  return after([stopped, ...(hadThreads ? [tellThreads(error, 1)] : []), { kind: 'give-up-page' }], restarted)
}

/** Those that are still being started are stopped when they have. */
const close = ({ serving, next, ...rest }: SupervisorState): SupervisorTransition => ({
  state: { ...rest, serving: undefined, next: undefined, isClosed: true },
  commands: [serving, next].flatMap((of) =>
    of === undefined || of.phase === 'starting' ? [] : [stop(of.engine, 'The page is closed.')],
  ),
})

const after = (
  commands: readonly SupervisorCommand[],
  transition: SupervisorTransition,
): SupervisorTransition => ({ ...transition, commands: [...commands, ...transition.commands] })

const stop = (engine: number, why: string): SupervisorCommand => ({
  kind: 'stop',
  engine,
  reason: new CacheNetError('worker-crashed', why),
})

const tellThreads = (reason: CacheNetError, threads: number): SupervisorCommand => ({
  kind: 'tell-threads-failure',
  reason,
  threads,
})

const keepsBreaking = ({ code }: CacheNetError): CacheNetError =>
  new CacheNetError(
    'engine-failed',
    'The networks keep breaking down on this device. Nothing that is cached was lost; reload the page to try again.',
    { reason: code },
  )

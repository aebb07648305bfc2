import type { HeldPartition } from '../../../core/wire/frames.ts'

/**
 * Frames that a partition answers by its delta before its whole weights are fetched. A scene that is over
 * before gains nothing from them, and on a slow phone fetching, hashing and storing them takes its time from
 * the frames (docs/decisions/0014 has the numbers).
 */
export const framesBeforeWhole = 24

/** In which form a partition is in memory; undefined where it is not. */
export type HeldForm = HeldPartition['form'] | undefined

/** What is under way to make partitions resident. Plain data. */
export interface ResidencyState {
  /** The partition that was named last: one that arrives late must not push it from its place. */
  readonly wanted: string | undefined
  /** The partition that the cache was last told to keep. */
  readonly pinned: string | undefined
  readonly arriving: ReadonlySet<string>
  /**
   * Partitions whose whole weights are to follow: how many frames each has still to answer by its delta
   * first. At 0 the whole is on its way.
   */
  readonly refining: ReadonlyMap<string, number>
  readonly prefetching: ReadonlySet<string>
}

/** When the whole weights of a partition follow its delta. */
export type WholeIsDue = 'at-once' | 'when-it-pays' | 'never'

export type ResidencyEvent =
  /** A frame names the partition that it needs. */
  | { readonly kind: 'wanted'; readonly id: string }
  /** Its weights are at hand. */
  | { readonly kind: 'fetched'; readonly id: string }
  /** It is in memory and the most recent; `isAnew` where it was not in memory before. */
  | { readonly kind: 'placed'; readonly id: string; readonly held: HeldForm; readonly isAnew: boolean }
  /** The attempt to make it resident is over, whichever way. */
  | { readonly kind: 'arrived'; readonly id: string; readonly held: HeldForm; readonly whole: WholeIsDue }
  /** It answered a frame. */
  | { readonly kind: 'used'; readonly id: string; readonly held: HeldForm }
  /** The attempt to have its whole weights is over, whichever way. */
  | { readonly kind: 'refined'; readonly id: string }
  /** It was deleted from the cache. */
  | { readonly kind: 'forgotten'; readonly id: string }
  | { readonly kind: 'expected'; readonly id: string; readonly held: HeldForm }
  | { readonly kind: 'prefetched'; readonly id: string }

export type ResidencyCommand =
  /** Make it resident: where it is in memory already, only the most recent. */
  | { readonly kind: 'arrive'; readonly id: string }
  /** It is being made resident for an earlier frame: wait for that. */
  | { readonly kind: 'join-arrival'; readonly id: string }
  /** Put the fetched weights into memory. */
  | { readonly kind: 'load'; readonly id: string }
  /** Fetch the whole weights, and put them in the place of its delta. */
  | { readonly kind: 'refine'; readonly id: string }
  /** The same, when `proven` comes and there is time. */
  | { readonly kind: 'refine-when-proven'; readonly id: string }
  | { readonly kind: 'join-refinement'; readonly id: string }
  /** It has answered enough frames, or is needed whole now: a patient refinement goes on. */
  | { readonly kind: 'proven'; readonly id: string }
  | { readonly kind: 'report-use'; readonly id: string }
  | { readonly kind: 'pin'; readonly id: string }
  | { readonly kind: 'prefetch'; readonly id: string }

export interface ResidencyTransition {
  readonly state: ResidencyState
  readonly commands: readonly ResidencyCommand[]
}

export const nothingResident: ResidencyState = {
  wanted: undefined,
  pinned: undefined,
  arriving: new Set(),
  refining: new Map(),
  prefetching: new Set(),
}

/** What follows from an event. */
export function stepResidency(state: ResidencyState, event: ResidencyEvent): ResidencyTransition {
  const { id } = event
  switch (event.kind) {
    case 'wanted': {
      const next = { ...state, wanted: id }
      // Its bytes are counted for the frame that asked first.
      if (state.arriving.has(id)) return { state: next, commands: [{ kind: 'join-arrival', id }] }
      return {
        state: { ...next, arriving: withId(state.arriving, id) },
        commands: [{ kind: 'arrive', id }],
      }
    }
    case 'fetched':
      // Another scene may have begun; then this one stays in storage, for when it comes back.
      return { state, commands: state.wanted === id ? [{ kind: 'load', id }] : [] }
    case 'placed': {
      // Back after it was evicted, it has to prove its worth anew.
      const isPutOff = event.isAnew && (state.refining.get(id) ?? 0) > 0
      return noteUse(isPutOff ? withFramesLeft(state, id, framesBeforeWhole) : state, id, event.held)
    }
    case 'arrived': {
      const next = { ...state, arriving: withoutId(state.arriving, id) }
      if (event.held !== 'delta' || event.whole === 'never') return { state: next, commands: [] }
      return refine(next, id, event.whole === 'at-once')
    }
    case 'used': {
      const noted = noteUse(state, id, event.held)
      const framesLeft = state.refining.get(id) ?? 0
      if (framesLeft === 0 || event.held !== 'delta') return noted
      return {
        state: withFramesLeft(noted.state, id, framesLeft - 1),
        commands: framesLeft === 1 ? [...noted.commands, { kind: 'proven', id }] : noted.commands,
      }
    }
    case 'refined': {
      const refining = new Map(state.refining)
      refining.delete(id)
      return { state: { ...state, refining }, commands: [] }
    }
    case 'forgotten':
      return { state: state.pinned === id ? { ...state, pinned: undefined } : state, commands: [] }
    case 'expected':
      if (event.held === 'whole' || state.prefetching.has(id)) return { state, commands: [] }
      return {
        state: { ...state, prefetching: withId(state.prefetching, id) },
        commands: [{ kind: 'prefetch', id }],
      }
    case 'prefetched':
      return { state: { ...state, prefetching: withoutId(state.prefetching, id) }, commands: [] }
  }
}

/** One refinement at a time for each partition. */
function refine(state: ResidencyState, id: string, isUrgent: boolean): ResidencyTransition {
  const framesLeft = state.refining.get(id)
  if (framesLeft === undefined) {
    return {
      state: withFramesLeft(state, id, isUrgent ? 0 : framesBeforeWhole),
      commands: [{ kind: isUrgent ? 'refine' : 'refine-when-proven', id }],
    }
  }
  if (!isUrgent) return { state, commands: [] }
  const join: ResidencyCommand = { kind: 'join-refinement', id }
  if (framesLeft === 0) return { state, commands: [join] }
  return { state: withFramesLeft(state, id, 0), commands: [{ kind: 'proven', id }, join] }
}

function noteUse(state: ResidencyState, id: string, held: HeldForm): ResidencyTransition {
  const report: ResidencyCommand = { kind: 'report-use', id }
  // Of one that answers by its delta there is nothing in the cache that could be evicted under it.
  if (state.pinned === id || held === 'delta') return { state, commands: [report] }
  return { state: { ...state, pinned: id }, commands: [report, { kind: 'pin', id }] }
}

const withId = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> => new Set([...ids, id])
const withoutId = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> =>
  new Set([...ids].filter((other) => other !== id))
const withFramesLeft = (state: ResidencyState, id: string, framesLeft: number): ResidencyState => ({
  ...state,
  refining: new Map(state.refining).set(id, framesLeft),
})

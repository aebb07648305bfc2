/** Where the full model answers what the small networks are uncertain of. */
export type AnswerPlace = 'edge' | 'device'

/** What answers have cost so far. */
export interface AnswerTimes {
  /** Moving average of the edge's answers, over the network and back, in milliseconds. */
  readonly edgeMs: number | undefined
  /** When the last of them came. */
  readonly edgeAtMs: number
  readonly edgeAnswers: number
  /** The same of the device's own full model. */
  readonly deviceMs: number | undefined
}

export const noAnswerTimes: AnswerTimes = {
  edgeMs: undefined,
  edgeAtMs: -Infinity,
  edgeAnswers: 0,
  deviceMs: undefined,
}

/** Weight of the newest answer. */
const newest = 0.25
/** A network changes: so long the edge's time counts, and then one frame measures it anew. */
const edgeTimeHoldsMs = 60_000
/** An edge that answers sooner leaves a full model on the device little to gain. */
const slowEdgeMs = 50
/** So many answers say what the edge takes. */
const enoughAnswers = 5

const averaged = (before: number | undefined, tookMs: number): number =>
  before === undefined ? tookMs : before + newest * (tookMs - before)

/** An answer came from there, after so long. */
export const noteAnswerTime = (
  times: AnswerTimes,
  place: AnswerPlace,
  tookMs: number,
  nowMs: number,
): AnswerTimes =>
  place === 'device'
    ? { ...times, deviceMs: averaged(times.deviceMs, tookMs) }
    : {
        ...times,
        edgeMs: averaged(times.edgeMs, tookMs),
        edgeAtMs: nowMs,
        edgeAnswers: times.edgeAnswers + 1,
      }

export interface AnswerChoice {
  /** The full model is in this device's memory. */
  readonly isHere: boolean
  readonly isEdgeAway: boolean
  readonly nowMs: number
}

/** Where the next miss is answered: where the full model answers sooner, as far as that was measured. */
export function placeOfAnswer(
  { edgeMs, edgeAtMs, deviceMs }: AnswerTimes,
  { isHere, isEdgeAway, nowMs }: AnswerChoice,
): AnswerPlace {
  if (!isHere) return 'edge'
  if (isEdgeAway) return 'device'
  if (edgeMs === undefined || nowMs - edgeAtMs > edgeTimeHoldsMs) return 'edge'
  return deviceMs === undefined || deviceMs <= edgeMs ? 'device' : 'edge'
}

/** The edge is so slow from here that the full model is worth its download. */
export const isWorthFetching = ({ edgeMs = 0, edgeAnswers }: AnswerTimes): boolean =>
  edgeAnswers >= enoughAnswers && edgeMs >= slowEdgeMs

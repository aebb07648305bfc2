/** Where the full model answers what the small networks are uncertain of. */
export type AnswerPlace = 'edge' | 'device'

/** What answers have cost so far. */
export interface AnswerTimes {
  /** Moving average of the edge's answers, over the network and back, in milliseconds. */
  readonly edgeMs: number | undefined
  /** When the last of them came. */
  readonly edgeAtMs: number
  /** The same of the device's own full model; a fast answer counts at once. */
  readonly deviceMs: number | undefined
  readonly deviceAtMs: number
}

export const noAnswerTimes: AnswerTimes = {
  edgeMs: undefined,
  edgeAtMs: -Infinity,
  deviceMs: undefined,
  deviceAtMs: -Infinity,
}

/** Weight of the newest answer. */
const newest = 0.25
/**
 * A network changes, and a device that was busy with something else (its first answers come while partitions
 * are fetched) is not so for ever. So long the time of the slower one counts; then a frame measures it anew.
 */
const timeHoldsMs = { edge: 60_000, device: 5_000 } as const

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
    ? {
        ...times,
        // A fast answer says what the device can do, a slow one often what else it had to do.
        deviceMs: Math.min(tookMs, averaged(times.deviceMs, tookMs)),
        deviceAtMs: nowMs,
      }
    : {
        ...times,
        edgeMs: averaged(times.edgeMs, tookMs),
        edgeAtMs: nowMs,
      }

export interface AnswerChoice {
  /** The full model is in this device's memory. */
  readonly isHere: boolean
  readonly isEdgeAway: boolean
  readonly nowMs: number
}

/** Where the next miss is answered: where the full model answers sooner, as far as that was measured. */
export function placeOfAnswer(
  { edgeMs, edgeAtMs, deviceMs, deviceAtMs }: AnswerTimes,
  { isHere, isEdgeAway, nowMs }: AnswerChoice,
): AnswerPlace {
  if (!isHere) return 'edge'
  if (isEdgeAway) return 'device'
  if (edgeMs === undefined || nowMs - edgeAtMs > timeHoldsMs.edge) return 'edge'
  if (deviceMs === undefined || nowMs - deviceAtMs > timeHoldsMs.device) return 'device'
  return deviceMs <= edgeMs ? 'device' : 'edge'
}

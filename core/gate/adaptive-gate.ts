import type { LocalityRow } from '../bundle/manifest.ts'
import type { GateSettings } from './gate.ts'

/**
 * The adaptive gate. One fixed threshold cannot serve a stream that stays in one region for a hundred frames and one that changes with
 * every frame, so the bundle carries a row of settings for each locality, and the device estimates which row it is in from what it
 * sees: how often a frame misses *and* the edge names another partition than the one in use. Pure; no network, no clock.
 */

/** What happened to a frame. An audit tells whether the edge agreed with a hit; a hit that was wrong is a change that nobody saw. */
export type GateEvent =
  | { readonly kind: 'hit' }
  | { readonly kind: 'miss'; readonly isChange: boolean }
  | { readonly kind: 'audit'; readonly isRight: boolean }

/** Plain data: survives JSON and `structuredClone`. */
export interface AdaptiveGateState {
  readonly rows: readonly LocalityRow[]
  /** Used while there are no rows. */
  readonly fallback: GateSettings
  readonly row: number
  /** Running share of frames at which a change was seen, under the settings in force. */
  readonly seenRate: number
  /** Frames since the settings in force came into force. */
  readonly framesInRow: number
  /** Audits since then, and how many of them disagreed. */
  readonly audits: number
  readonly disagreements: number
}

/** Frames over which the estimate remembers: long enough to tell 1 % from 3 %, short enough to follow a walk out of the door. */
const memoryFrames = 60
/**
 * A row must explain what is seen this many times better before it takes over, and settings stay in force for as many frames at least, so
 * that what is observed is observed under them. To become looser takes more of both: a row too strict costs a round trip now and then,
 * a row too loose costs wrong answers that nobody notices.
 */
const toStricter = { hysteresis: 1.25, fewestFrames: 12 }
const toLooser = { hysteresis: 1.6, fewestFrames: 60 }
const smallestRate = 0.002

const expectedRate = (rows: readonly LocalityRow[], row: number, ifLocality: number): number =>
  Math.max(smallestRate, rows[row]?.observedChangeRates[ifLocality] ?? smallestRate)

/**
 * @param rows of the manifest, most local first
 * @param fallback in force where there are none
 */
export function createAdaptiveGate(rows: readonly LocalityRow[], fallback: GateSettings): AdaptiveGateState {
  // Begins in the middle: neither trusting a stream that it does not know nor asking the edge about every frame.
  const row = Math.floor((rows.length - 1) / 2)
  return enterRow({ rows, fallback, row: 0, seenRate: 0, framesInRow: 0, audits: 0, disagreements: 0 }, Math.max(0, row))
}

/** In a new row the estimate starts from what that row would see if it is the right one. */
function enterRow(state: AdaptiveGateState, row: number): AdaptiveGateState {
  return { ...state, row, seenRate: state.rows.length === 0 ? 0 : expectedRate(state.rows, row, row), framesInRow: 0, audits: 0, disagreements: 0 }
}

/** How far apart two rates are, as a factor: 1 where they are equal. */
const ratioOf = (a: number, b: number): number => Math.max(a, b) / Math.max(smallestRate, Math.min(a, b))

/** The locality under which the row in force would see what is being seen; the row itself unless another is clearly better. */
function bestRow({ rows, row, seenRate, framesInRow }: AdaptiveGateState): number {
  const seen = Math.max(smallestRate, seenRate)
  const misfit = (locality: number): number => ratioOf(seen, expectedRate(rows, row, locality))
  let best = row
  for (let locality = 0; locality < rows.length; locality++) {
    const { hysteresis, fewestFrames } = locality < row ? toLooser : toStricter
    if (framesInRow >= fewestFrames && misfit(locality) * (best === row ? hysteresis : 1) < misfit(best)) best = locality
  }
  return best
}

/** Takes note of a frame, in stream order. */
export function observe(state: AdaptiveGateState, event: GateEvent): AdaptiveGateState {
  if (state.rows.length === 0) return state
  if (event.kind === 'audit') return noteAudit(state, event.isRight)
  const isSeen = event.kind === 'miss' && event.isChange
  const seenRate = state.seenRate + (Number(isSeen) - state.seenRate) / memoryFrames
  const next = { ...state, seenRate, framesInRow: state.framesInRow + 1 }
  const row = bestRow(next)
  // One row at a time: what the far rows would see was measured, what lies between was not.
  return row === next.row ? next : enterRow(next, next.row + Math.sign(row - next.row))
}

const fewestAudits = 8
/** Share of audited hits that may disagree beyond what the row's calibration has, before the gate becomes stricter. */
const auditTolerance = 0.05

function noteAudit(state: AdaptiveGateState, isRight: boolean): AdaptiveGateState {
  const next = { ...state, audits: state.audits + 1, disagreements: state.disagreements + Number(!isRight) }
  if (next.audits < fewestAudits) return next
  const { rows, row } = next
  const isWorse = next.disagreements / next.audits > auditTolerance + Math.max(0, 1 - (rows[row]?.accuracy ?? 1))
  if (isWorse && row + 1 < rows.length) return enterRow(next, row + 1)
  return next
}

/** The settings in force. */
export function settingsOf({ rows, row, fallback }: AdaptiveGateState): GateSettings {
  const { thresholdNats, generalistThresholdNats, maxProbes, order, asksGeneralist } = rows[row] ?? fallback
  return { thresholdNats, generalistThresholdNats, maxProbes, order, asksGeneralist }
}

/** The chance per frame that the region changes, as the gate believes; undefined where the bundle has no rows. */
export const changeRateOf = ({ rows, row }: AdaptiveGateState): number | undefined => rows[row]?.changeRate

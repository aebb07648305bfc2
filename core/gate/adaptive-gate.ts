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
  /** The row in force. */
  readonly row: number
  /** Chance that the stream has the locality of each row, given all that was seen. Sums to 1. */
  readonly belief: readonly number[]
}

/** A stream keeps its locality for about as many frames: how fast old evidence loses its weight. */
const localityFrames = 400
/** Chance, at the most, that the stream changes more often than the row in force was made for: what is too loose goes unnoticed. */
const mostDoubt = 0.25
/** What was measured on a stream may be a little different on another: no event is impossible. */
const smallestRate = 0.002

/** Chance to see a change at a frame, under the settings of `row`, if the stream has the locality of another. */
function chanceOfChange(rows: readonly LocalityRow[], row: number, locality: number): number {
  const rate = rows[row]?.observedChangeRates[locality] ?? smallestRate
  return Math.min(1 - smallestRate, Math.max(smallestRate, rate))
}

/**
 * Begins in the middle: what a camera sees is local more often than not.
 *
 * @param rows of the manifest, most local first
 * @param fallback in force where there are none
 */
export function createAdaptiveGate(rows: readonly LocalityRow[], fallback: GateSettings): AdaptiveGateState {
  const weights = rows.map((_, index) => 1 / (1 + index))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return chooseRow({ rows, fallback, row: 0, belief: weights.map((weight) => weight / sum) })
}

/** The loosest row that the stream is, in all likelihood, at least as local as. */
function chooseRow(state: AdaptiveGateState): AdaptiveGateState {
  let doubt = 1
  const row = state.belief.findIndex((chance) => (doubt -= chance) <= mostDoubt)
  return { ...state, row: Math.max(0, row) }
}

/** Bayes: how likely each locality makes what was seen, times the belief in it; then a little of every belief goes to all others. */
function update(state: AdaptiveGateState, likelihood: (locality: number) => number): AdaptiveGateState {
  const weighted = state.belief.map((chance, locality) => chance * likelihood(locality))
  const sum = weighted.reduce((total, value) => total + value, 0)
  const mix = 1 / localityFrames
  return chooseRow({ ...state, belief: weighted.map((value) => (1 - mix) * (value / sum) + mix / weighted.length) })
}

/** Takes note of a frame, in stream order: one step of a hidden Markov model's forward filter (Rabiner 1989), whose states are the rows. */
export function observe(state: AdaptiveGateState, event: GateEvent): AdaptiveGateState {
  const { rows, row } = state
  if (rows.length === 0) return state
  if (event.kind === 'audit') return update(state, (locality) => (event.isRight ? 1 - wrongHits(row, locality) : wrongHits(row, locality)))
  const isSeen = event.kind === 'miss' && event.isChange
  return update(state, (locality) => (isSeen ? chanceOfChange(rows, row, locality) : 1 - chanceOfChange(rows, row, locality)))
}

/** Share of hits that may be wrong where the settings fit the stream, and where the stream is less local than they were made for. */
const [wrongAtHome, wrongAbroad] = [0.1, 0.4]

const wrongHits = (row: number, locality: number): number => (locality > row ? wrongAbroad : wrongAtHome)

/** The settings in force. */
export function settingsOf({ rows, row, fallback }: AdaptiveGateState): GateSettings {
  const { thresholdNats, generalistThresholdNats, maxProbes, order, asksGeneralist } = rows[row] ?? fallback
  return { thresholdNats, generalistThresholdNats, maxProbes, order, asksGeneralist }
}

/** The chance per frame that the region changes, as the gate believes; undefined where the bundle has no rows. */
export const changeRateOf = ({ rows, row }: AdaptiveGateState): number | undefined => rows[row]?.changeRate

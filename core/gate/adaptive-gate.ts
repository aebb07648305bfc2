import { observationsOf, type GateEvent } from './observation.ts'
import { gateSettingsOf, type GateSettings, type LocalityRow } from './settings.ts'

/**
 * The adaptive gate. One fixed threshold cannot serve a stream that stays in one region for a hundred frames
 * and one that changes with every frame, so the bundle carries a row of settings for each locality, and the
 * device estimates which locality it is in from what it sees of each frame: whether it hit, missed, or missed
 * and the edge named another partition, and how recent its answer is. Pure; no network, no clock.
 */

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
/**
 * Bounds of what the settings in force may be expected to cost in accuracy, as a share, whatever the rows
 * cost on their own streams.
 */
const [leastTolerance, mostTolerance] = [0.005, 0.02]

/**
 * Of the accuracy that a whole may lose, calibration keeps so much back from each row on its own stream,
 * unless told otherwise.
 */
const reserve = 0.3

/**
 * Accuracy that the settings in force may be expected to cost: what a row was allowed on its own stream, and
 * the reserve, since a little of the belief is always elsewhere: with less a row would hardly ever be in
 * force where it belongs. Bounded, since where nothing keeps the line a row may lose any amount, and must not
 * open the gate of all the others.
 */
function toleranceOf(rows: readonly LocalityRow[]): number {
  const most = rows.reduce((sofar, { observed }, row) => Math.max(sofar, observed[row]?.loss ?? 0), 0)
  return Math.min(mostTolerance, Math.max(leastTolerance, most / (1 - reserve)))
}

/** What was measured on a stream may be a little different on another: no observation is impossible. */
const smallestChance = 0.002

/**
 * Believes in local streams first, for what a camera sees is local more often than not; the settings are
 * careful until that shows.
 *
 * @param rows of the manifest, most local first
 * @param fallback in force where there are none
 */
export function createAdaptiveGate(rows: readonly LocalityRow[], fallback: GateSettings): AdaptiveGateState {
  const weights = rows.map((_, index) => 1 / (1 + index))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return chooseRow({ rows, fallback, row: 0, belief: weights.map((weight) => weight / sum) })
}

/**
 * The row with the least expected cost of a frame, of those that are not expected to lose too much accuracy;
 * where all are, the one that loses least. A bundle that does not say what a frame costs is served by the row
 * that answers most.
 */
function chooseRow(state: AdaptiveGateState): AdaptiveGateState {
  const { rows, belief } = state
  const tolerance = toleranceOf(rows)
  const expected = rows.map(({ observed }, row) => {
    let [cost, loss] = [0, 0]
    for (const [locality, chance] of belief.entries()) {
      const there = observed[locality]
      cost += chance * (there?.cost ?? 1 - (there?.coverage ?? 0))
      loss += chance * Math.max(0, there?.loss ?? 1)
    }
    return { row, cost, loss: Math.max(loss, tolerance) }
  })
  const best = expected.reduce(
    (a, b) => (b.loss < a.loss || (b.loss === a.loss && b.cost < a.cost) ? b : a),
    { row: 0, cost: Infinity, loss: Infinity },
  )
  return { ...state, row: best.row }
}

/**
 * Bayes: how likely each locality makes what was seen, times the belief in it; then a little of every belief
 * goes to all others.
 */
function update(state: AdaptiveGateState, likelihood: (locality: number) => number): AdaptiveGateState {
  const weighted = state.belief.map((chance, locality) => chance * likelihood(locality))
  const sum = weighted.reduce((total, value) => total + value, 0)
  const mix = 1 / localityFrames
  return chooseRow({
    ...state,
    belief: weighted.map((value) => (1 - mix) * (value / sum) + mix / weighted.length),
  })
}

/**
 * Takes note of a frame, in stream order: one step of a hidden Markov model's forward filter (Rabiner 1989),
 * whose states are the rows.
 */
export function observe(state: AdaptiveGateState, event: GateEvent): AdaptiveGateState {
  const { rows, row } = state
  if (rows.length === 0) return state
  if (event.kind === 'audit')
    return update(state, (locality) =>
      event.isRight ? 1 - wrongHits(row, locality) : wrongHits(row, locality),
    )
  const places = observationsOf(event)
  return update(state, (locality) => {
    const events = rows[row]?.observed[locality]?.events
    return places.reduce((sum, place) => sum + Math.max(smallestChance, events?.[place] ?? 0), 0)
  })
}

/**
 * Share of hits that may be wrong where the settings fit the stream, and where the stream is less local than
 * they were made for.
 */
const [wrongAtHome, wrongAbroad] = [0.1, 0.4]

const wrongHits = (row: number, locality: number): number => (locality > row ? wrongAbroad : wrongAtHome)

/** The settings in force. */
export const settingsOf = ({ rows, row, fallback }: AdaptiveGateState): GateSettings =>
  gateSettingsOf(rows[row] ?? fallback)

/**
 * The chance per frame that the region changes, as the gate believes; undefined where the bundle has no rows.
 */
export const changeRateOf = ({ rows, row }: AdaptiveGateState): number | undefined => rows[row]?.changeRate

import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { fitTemperature } from '../calibration/temperature.ts'
import type { Judgement } from '../../core/places/learn-result.ts'
import { logitsOf, type Predictions } from '../models/predictions.ts'
import type { JudgedNetwork } from './judge-place.ts'

/** A frame that is answered otherwise than by the full model is as bad as so many that are sent to it. */
const missesOfWrong = 10

/** Where more than so many of the frames are answered otherwise, no number of hits is worth it. */
const mostWrong = 0.02
const missesBeyond = 100

/** What misses and wrong answers cost together: the less, the better. */
export const costOf = ({ misses, wrongHits }: Judgement): number =>
  misses + missesOfWrong * wrongHits + missesBeyond * Math.max(0, wrongHits - mostWrong)

const factorsOnTemperature = [1, 1.3, 1.7, 2.2, 3]
const boundSteps = 12
/** So many strangers may pass as known. */
const strangersCertain = 0.06
/**
 * Where its own frames lie far from all strangers, so many of them may be strange: what is far from all that
 * it has seen is strange as well (docs/decisions/0040-strangers-are-shown-in-training.md).
 */
const knownStrange = 0.01

const strangenessesOf = (predictions: Predictions, of: readonly number[]): number[] =>
  of
    .map((image) => strangeness(logitsOf(predictions, image), true))
    .filter(Number.isFinite)
    .sort((a, b) => a - b)

const quantile = (sorted: readonly number[], share: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]

export interface ToSettle {
  readonly head: PartitionHead
  /** On the frames of the place, and on strangers. */
  readonly predictions: Predictions
  readonly strangers: Predictions
  /** Class that the full model gives each frame. */
  readonly labels: ArrayLike<number>
  /** Frames to settle by: none that it learned from. */
  readonly of: readonly number[]
}

export interface Settled {
  readonly network: JudgedNetwork
  readonly judgement: Judgement
}

/** The better of two. */
export const betterOf = <Candidate extends Pick<Settled, 'judgement'>>(
  one: Candidate,
  other: Candidate,
): Candidate => (costOf(other.judgement) < costOf(one.judgement) ? other : one)

/**
 * Temperature and bound of strangeness of a learned partition: those that cost least on frames it did not
 * learn from. A bound does what no temperature can where a row of the gate believes a partition whatever its
 * entropy.
 */
export function settleNetwork(
  { head, predictions, strangers, labels, of }: ToSettle,
  judgeAs: (network: JudgedNetwork) => Judgement,
): Settled {
  const outputs = Int32Array.from(labels, (label) => {
    const at = head.classIndices.indexOf(label)
    return at < 0 ? head.classIndices.length : at
  })
  const fitted = fitTemperature(predictions, outputs, of)
  const all = Array.from({ length: strangers.count }, (_, image) => image)
  const ofFrames = strangenessesOf(predictions, of)
  const loosest = Math.min(
    quantile(strangenessesOf(strangers, all), strangersCertain) ?? Infinity,
    quantile(ofFrames, 1 - knownStrange) ?? Infinity,
  )
  const bounds = [
    loosest,
    ...Array.from({ length: boundSteps }, (_, at) => quantile(ofFrames, 1 - (at + 1) / (boundSteps + 1))),
  ].filter((bound): bound is number => bound !== undefined && bound <= loosest)
  const candidates = factorsOnTemperature.flatMap((factor) =>
    bounds.map((bound): JudgedNetwork => ({
      head,
      predictions,
      temperature: fitted * factor,
      mostStrange: Number.isFinite(bound) ? bound : undefined,
    })),
  )
  return candidates
    .map((network): Settled => ({ network, judgement: judgeAs(network) }))
    .reduce((one, other) => betterOf(one, other))
}

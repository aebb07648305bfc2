import type { PartitionHead } from '../../core/bundle/partition-head.ts'
import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { answerOfPartition } from '../../core/gate/partition-answer.ts'
import { applyFactors } from '../../core/gate/scene-prior.ts'
import type { GateSettings } from '../../core/gate/settings.ts'
import type { Judgement } from '../../core/places/learn-result.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { logitsOf, type Predictions } from '../models/predictions.ts'
import { logitsAt, type PlaceFrames } from './place-frames.ts'

/** A network of the device and what was calibrated of it, on the frames of a place. */
export interface JudgedNetwork {
  /** Undefined of the generalist. */
  readonly head: PartitionHead | undefined
  readonly predictions: Predictions
  readonly temperature: number
  readonly mostStrange: number | undefined
}

/** π_c · C of a scene that is known: what the filter of scenes says once it is sure. */
export const factorsOf = (
  sceneShares: readonly number[],
  surpriseChance: number,
): Float32Array<ArrayBuffer> =>
  Float32Array.from(
    sceneShares,
    (share) => (1 - surpriseChance) * share * sceneShares.length + surpriseChance,
  )

/** Class that a network answers with certainty; undefined for a miss. */
function certainClass(
  { head, predictions, temperature, mostStrange }: JudgedNetwork,
  frame: number,
  thresholdNats: number,
  factors: Float32Array<ArrayBuffer>,
): number | undefined {
  const logits = logitsOf(predictions, frame)
  if (mostStrange !== undefined && strangeness(logits, head !== undefined) > mostStrange) return undefined
  const said = softmax(logits, temperature)
  if (head === undefined) {
    const probabilities = applyFactors(said, factors)
    return predictiveEntropy(probabilities) <= thresholdNats ? argMax(probabilities) : undefined
  }
  const { isElsewhere, entropyNats, classIndex } = answerOfPartition(head, said, factors.length, factors)
  return !isElsewhere && entropyNats <= thresholdNats ? classIndex : undefined
}

/**
 * Plays frames one by one with what the device would ask: a partition, then the generalist where the row asks
 * it too.
 *
 * @param partition undefined where the generalist is alone
 */
export function judge(
  rows: readonly GateSettings[],
  partition: JudgedNetwork | undefined,
  generalist: JudgedNetwork,
  frames: PlaceFrames,
  of: readonly number[],
  factors: Float32Array<ArrayBuffer>,
  fullTemperature: number,
): Judgement {
  let [misses, wrongHits] = [0, 0]
  for (const row of rows) {
    for (const frame of of) {
      const answered =
        (partition && certainClass(partition, frame, row.thresholdNats, factors)) ??
        (partition === undefined || row.asksGeneralist
          ? certainClass(generalist, frame, Math.min(row.thresholdNats, row.generalistThresholdNats), factors)
          : undefined)
      const told = argMax(applyFactors(softmax(logitsAt(frames, frame), fullTemperature), factors))
      misses += Number(answered === undefined)
      wrongHits += Number(answered !== undefined && answered !== told)
    }
  }
  const asked = Math.max(1, rows.length * of.length)
  return { misses: misses / asked, wrongHits: wrongHits / asked }
}

import { argMax, softmax } from '../../core/gate/entropy.ts'
import { logitsOf, type Predictions } from '../models/predict.ts'

const binCount = 15

export interface ReliabilityBin {
  readonly count: number
  /** Mean of the largest probability, and share of right answers. */
  readonly confidence: number
  readonly accuracy: number
}

/** Answers by how certain they are, in bins of equal width over [0, 1]. */
export function reliability(
  predictions: Predictions,
  labels: Int32Array,
  images: readonly number[],
  temperature: number,
): ReliabilityBin[] {
  const sums = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, right: 0 }))
  for (const image of images) {
    const probabilities = softmax(logitsOf(predictions, image), temperature)
    const answer = argMax(probabilities)
    const bin = sums[Math.min(binCount - 1, Math.floor(probabilities[answer]! * binCount))]!
    bin.count++
    bin.confidence += probabilities[answer]!
    bin.right += Number(answer === labels[image])
  }
  return sums.map(({ count, confidence, right }) => ({
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }))
}

/**
 * Expected calibration error: mean distance between certainty and accuracy over the bins, weighted by their
 * counts (Guo et al. 2017).
 */
export function calibrationError(
  predictions: Predictions,
  labels: Int32Array,
  images: readonly number[],
  temperature: number,
): number {
  if (images.length === 0) return 0
  return reliability(predictions, labels, images, temperature).reduce(
    (sum, { count, confidence, accuracy }) => sum + (count / images.length) * Math.abs(confidence - accuracy),
    0,
  )
}

import { softmax } from '../../core/gate/entropy.ts'
import { logitsOf, type Predictions } from '../models/predict.ts'

const temperatureRange = [0.2, 5] as const

/** Mean −ln p of the true class. */
export function negativeLogLikelihood(
  predictions: Predictions,
  labels: Int32Array,
  images: readonly number[],
  temperature: number,
): number {
  const sum = images.reduce(
    (total, image) =>
      total - Math.log(Math.max(1e-12, softmax(logitsOf(predictions, image), temperature)[labels[image]!]!)),
    0,
  )
  return sum / images.length
}

/**
 * The temperature of least negative log-likelihood (Guo et al. 2017), by golden-section search over its
 * logarithm.
 */
export function fitTemperature(
  predictions: Predictions,
  labels: Int32Array,
  images: readonly number[],
): number {
  if (images.length === 0) return 1
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = temperatureRange.map(Math.log) as [number, number]
  const cost = (logTemperature: number): number =>
    negativeLogLikelihood(predictions, labels, images, Math.exp(logTemperature))
  for (let round = 0; round < 20; round++) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
    if (cost(left) < cost(right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

import { argMax } from '../../core/gate/entropy.ts'
import { logitsOf, type Predictions } from '../models/predict.ts'

/**
 * Share of `images` that a network of all classes answers rightly once it is told how often each class is
 * seen.
 */
export function toldAccuracy(
  predictions: Predictions,
  labels: Int32Array,
  images: readonly number[],
  shareOf: ReadonlyMap<number, number>,
): number {
  const right = images.filter((image) => {
    const told = logitsOf(predictions, image).map((logit, index) => logit + Math.log(shareOf.get(index) ?? 0))
    return argMax(told) === labels[image]
  })
  return right.length / Math.max(1, images.length)
}

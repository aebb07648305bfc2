import { softmax } from '../../core/gate/entropy.ts'
import { logitsOf, predictImages } from '../models/predict.ts'
import type { FullModel } from '../models/ship-network.ts'
import type { StageContext } from './context.ts'

/**
 * What a network says of the validation images of each class, on average: [C][C], rows sum to 1. A class
 * without such images is taken for itself.
 */
export function classConfusion(
  { dataset, input, progress }: StageContext,
  network: FullModel,
): Float64Array[] {
  const { validation, classNames } = dataset
  progress.start()
  const predictions = predictImages(network, validation, input, (done, of) =>
    progress.count('confusion', done, of),
  )
  const rows = classNames.map(() => new Float64Array(classNames.length))
  const counts = classNames.map(() => 0)
  for (const [image, label] of validation.labels.entries()) {
    counts[label]!++
    for (const [index, chance] of softmax(logitsOf(predictions, image)).entries())
      rows[label]![index]! += chance
  }
  return rows.map((row, index) =>
    counts[index] === 0
      ? row.map((_, other) => Number(other === index))
      : row.map((value) => value / counts[index]!),
  )
}

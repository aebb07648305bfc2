import { softmax } from '../../core/gate/entropy.ts'
import type { Predictions } from '../models/predictions.ts'
import { logitsOf } from '../models/predict.ts'
import { imagesByClass, type Dataset, type Split } from '../data/dataset.ts'

export interface ChosenImage {
  readonly split: Split
  /** Its place in the split. */
  readonly image: number
}

/**
 * An image of each class that is easy to recognise: of its images that were held out of training for
 * choices, the one that the full model is most certain of. A class that has none there shows its first
 * training image.
 *
 * @param full the full model's answers to the validation images
 */
export function choosePictures(dataset: Dataset, full: Predictions): ChosenImage[] {
  const { classNames, validation, train } = dataset
  const heldOut = imagesByClass(validation, classNames.length)
  const certaintyOf = (image: number): number =>
    softmax(logitsOf(full, image))[validation.labels[image] ?? 0] ?? 0
  return heldOut.map((images, label) => {
    let best: ChosenImage | undefined
    let most = -Infinity
    for (const image of images) {
      const certainty = certaintyOf(image)
      if (certainty <= most) continue
      most = certainty
      best = { split: validation, image }
    }
    return best ?? { split: train, image: train.labels.indexOf(label) }
  })
}

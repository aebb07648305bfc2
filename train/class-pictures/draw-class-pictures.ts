import { joinPictures, type ClassPictures } from '../../core/bundle/class-pictures.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Predictions } from '../models/predictions.ts'
import { choosePictures } from './choose-pictures.ts'
import { encodePicture, pictureSize } from './encode-picture.ts'

/**
 * A picture of each class, from the images that it was trained on.
 *
 * @param full the full model's answers to the validation images
 */
export async function drawClassPictures(dataset: Dataset, full: Predictions): Promise<ClassPictures> {
  const pictures: Uint8Array[] = []
  for (const { split, image } of choosePictures(dataset, full)) {
    const { readAt, pixels } = split
    const bytes = dataset.size ** 2 * 3
    pictures.push(
      readAt === undefined
        ? await encodePicture(pixels.subarray(image * bytes, (image + 1) * bytes), dataset.size)
        : await encodePicture(await readAt(image, pictureSize), pictureSize),
    )
  }
  return joinPictures(pictures)
}

import { createRandom } from '../../core/random.ts'
import { imagesByClass, splitCount, type Dataset, type Split } from '../data/dataset.ts'

/** An image of one of the splits that choices may look at. */
export interface SampleImage {
  readonly split: Split
  readonly image: number
  readonly label: number
}

/**
 * Labelled images to try a model on, of all classes in turn: those of training and of choices. Test images
 * are looked at once, and not here.
 */
export function sampleImages(
  { train, validation, classNames }: Dataset,
  most: number,
  seed: number,
): SampleImage[] {
  const random = createRandom(seed).fork('full model')
  const byClass = classNames.map((): SampleImage[] => [])
  for (const split of [validation, train])
    for (const [label, images] of imagesByClass(split, classNames.length).entries())
      byClass[label]!.push(...images.map((image) => ({ split, image, label })))
  const shuffled = byClass.map((images) => random.shuffle(images))
  const all = splitCount(train) + splitCount(validation)
  const sample: SampleImage[] = []
  for (let turn = 0; sample.length < Math.min(most, all); turn++)
    for (const images of shuffled) {
      const one = images[turn]
      if (one !== undefined && sample.length < most) sample.push(one)
    }
  return sample
}

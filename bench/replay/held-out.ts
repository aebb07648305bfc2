import type { LabelledImage } from './list-images.ts'

/**
 * Training puts aside the last tenth of each class for its test, in the order of the names, where a folder
 * has no test images of its own.
 */
const keptShare = 0.9

/**
 * Of the images of a folder those that training put aside: the others a bundle knows by heart, so that a
 * replay of them says nothing of new ones.
 *
 * @param images all of a folder without `train` and `test`, in the order of their paths
 */
export function heldOut(images: readonly LabelledImage[]): LabelledImage[] {
  const ofClass = new Map<number, LabelledImage[]>()
  for (const image of images) ofClass.set(image.classIndex, [...(ofClass.get(image.classIndex) ?? []), image])
  const kept = new Set(
    [...ofClass.values()].flatMap((list) =>
      list.slice(Math.min(list.length - 1, Math.max(1, Math.round(list.length * keptShare)))),
    ),
  )
  return images.filter((image) => kept.has(image))
}

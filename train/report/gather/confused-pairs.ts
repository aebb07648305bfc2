import type { Split } from '../../data/dataset.ts'
import type { ConfusedPair } from '../report-data.ts'
import { thumbnail } from './thumbnail.ts'

const mostPairs = 3
const mostPictures = 4

/**
 * Which classes are taken for which others most often, with pictures of the mistakes, and one of what they
 * were taken for.
 *
 * @param answers class that the full model gives to each image of the split
 */
export async function confusedPairs(
  { pixels, labels }: Split,
  answers: ArrayLike<number>,
  size: number,
): Promise<ConfusedPair[]> {
  const imagesOf = new Map<string, number[]>()
  const ofClass = new Map<number, number>()
  const rightOf = new Map<number, number>()
  for (const [image, truth] of labels.entries()) {
    const answer = answers[image]!
    ofClass.set(truth, (ofClass.get(truth) ?? 0) + 1)
    if (answer === truth) {
      if (!rightOf.has(truth)) rightOf.set(truth, image)
      continue
    }
    const key = `${truth} ${answer}`
    imagesOf.set(key, [...(imagesOf.get(key) ?? []), image])
  }
  const pictureOf = (image: number): Promise<string> =>
    thumbnail(pixels.subarray(image * size ** 2 * 3, (image + 1) * size ** 2 * 3), size)
  const pairs = [...imagesOf].sort(([, a], [, b]) => b.length - a.length).slice(0, mostPairs)
  return Promise.all(
    pairs.map(async ([key, images]) => {
      const [truth, answer] = key.split(' ').map(Number) as [number, number]
      const like = rightOf.get(answer)
      return {
        truth,
        answer,
        count: images.length,
        ofClass: ofClass.get(truth) ?? 0,
        pictures: await Promise.all(images.slice(0, mostPictures).map(pictureOf)),
        ...(like === undefined ? {} : { like: await pictureOf(like) }),
      }
    }),
  )
}

import type { Random } from '../random.ts'

/**
 * An image for every frame of a stream. Inside a class no image comes twice before all of them came once;
 * then the class is shuffled again.
 *
 * `imagesByClass[c]` holds the indices of the images of class c. RangeError if the stream wants a class that
 * has none.
 */
export function drawFrames(
  stream: readonly { readonly classIndex: number }[],
  imagesByClass: readonly (readonly number[])[],
  random: Random,
): number[] {
  const decks = imagesByClass.map((images) => [...images])
  const positions = imagesByClass.map((images) => images.length)
  return stream.map(({ classIndex }) => {
    const deck = decks[classIndex] ?? []
    let position = positions[classIndex] ?? 0
    if (position >= deck.length) {
      random.shuffle(deck)
      position = 0
    }
    const image = deck[position]
    if (image === undefined) throw new RangeError(`class ${classIndex} has no images to draw from`)
    positions[classIndex] = position + 1
    return image
  })
}

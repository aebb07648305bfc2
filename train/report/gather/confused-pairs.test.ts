import { expect, it } from 'vitest'
import { allocateSplit } from '../../data/dataset.ts'
import { confusedPairs } from './confused-pairs.ts'

it('finds what is taken for what most often, with pictures of it', async () => {
  const split = allocateSplit(10, 2)
  split.labels.set([0, 0, 0, 0, 0, 1, 1, 1, 2, 2])
  // Each image of another grey, so that each has a picture of its own.
  for (let image = 0; image < 10; image++) split.pixels.fill(image * 20, image * 12, (image + 1) * 12)
  const pairs = await confusedPairs(split, [1, 1, 1, 1, 1, 1, 1, 0, 2, 2], 2)
  expect(
    pairs.map(({ truth, answer, count, ofClass, pictures }) => [
      truth,
      answer,
      count,
      ofClass,
      pictures.length,
    ]),
  ).toEqual([
    [0, 1, 5, 5, 4],
    [1, 0, 1, 3, 1],
  ])
  const [first, second] = pairs
  expect(new Set([...first!.pictures, first!.like, ...second!.pictures]).size).toBe(6)
  expect(first!.pictures[0]).toMatch(/^data:image\/png;base64,/)
  // Nothing of class 0 was right: there is no picture of what it looks like to the model.
  expect(second!.like).toBeUndefined()
})

it('has nothing to show where all is right', async () => {
  expect(await confusedPairs(allocateSplit(3, 2), [0, 0, 0], 2)).toEqual([])
})

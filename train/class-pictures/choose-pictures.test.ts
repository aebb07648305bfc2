import { expect, it } from 'vitest'
import { allocateSplit, type Dataset, type Split } from '../data/dataset.ts'
import { choosePictures } from './choose-pictures.ts'

const splitOf = (labels: readonly number[]): Split => {
  const split = allocateSplit(labels.length, 1)
  split.labels.set(labels)
  return split
}

it('takes of each class the held-out image that the full model is most certain of', () => {
  const dataset: Dataset = {
    kind: 'folder',
    description: '',
    classNames: ['ant', 'bee', 'cat'],
    digest: '',
    size: 1,
    train: splitOf([0, 1, 2, 2]),
    validation: splitOf([0, 1, 0, 1]),
    test: splitOf([]),
  }
  // Image 3 is taken for an ant; of bees, image 1 is the surer one.
  const logits = Float32Array.from([1, 0, 0, 0, 2, 0, 3, 0, 0, 9, 0, 0])
  const chosen = choosePictures(dataset, { logits, outputs: 3 } as Parameters<typeof choosePictures>[1])
  expect(chosen.map(({ image }) => image)).toEqual([2, 1, 2])
  expect(chosen.map(({ split }) => split === dataset.validation)).toEqual([true, true, false])
})

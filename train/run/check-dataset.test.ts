import { describe, expect, it } from 'vitest'
import { allocateSplit, type Split } from '../data/dataset.ts'
import { checkDataset } from './check-dataset.ts'

const split = (counts: readonly number[]): Split => {
  const labels = counts.flatMap((count, index) => new Array<number>(count).fill(index))
  const made = allocateSplit(labels.length, 1)
  made.labels.set(labels)
  return made
}
const classNames = ['ants', 'bees', 'cats']
const data = (train: number[], validation: number[], test: number[]): Parameters<typeof checkDataset>[0] => ({
  classNames,
  train: split(train),
  validation: split(validation),
  test: split(test),
})

describe('checkDataset', () => {
  it('says nothing where there is enough', () => {
    expect(checkDataset(data([40, 30, 20], [4, 3, 2], [5, 5, 5]))).toEqual([])
  })

  it('names classes that are learnt from few images', () => {
    expect(checkDataset(data([40, 5, 19], [4, 1, 2], [5, 5, 5]))).toEqual([
      expect.stringContaining('bees (5), cats (19)'),
    ])
  })

  it.each([
    [
      'of one image',
      [40, 0, 20],
      [4, 0, 2],
      [4, 1, 2],
      /bees: none to train on; bees: none for the choices.*bees \(1\)/,
    ],
    ['of two images', [40, 0, 20], [4, 1, 2], [4, 1, 2], /bees: none to train on\. Images: bees \(2\)/],
    ['that test lacks', [40, 20, 20], [4, 2, 2], [4, 2, 0], /cats: none to test with/],
  ])('refuses a class %s', (_, train, validation, test, message) => {
    expect(() => checkDataset(data(train, validation, test))).toThrow(
      expect.objectContaining({ code: 'dataset-invalid', message: expect.stringMatching(message) as string }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { combineDatasets, withMirrored } from './combine-datasets.ts'
import { allocateSplit, type Dataset, type Split } from './dataset.ts'

const size = 2

/** One image a label, filled with a value of its own. */
function splitOf(labels: readonly number[], firstValue: number): Split {
  const split = allocateSplit(labels.length, size)
  split.labels.set(labels)
  for (const [image] of labels.entries())
    split.pixels.fill(firstValue + image, image * size * size * 3, (image + 1) * size * size * 3)
  return split
}

const datasetOf = (names: readonly string[], firstValue: number, places: Dataset['places']): Dataset => {
  const split = splitOf([...names.keys()], firstValue)
  return {
    kind: 'folder',
    description: '',
    classNames: names,
    digest: '',
    size,
    places,
    train: split,
    validation: split,
    test: split,
  }
}

describe('combineDatasets', () => {
  const animals = datasetOf(['cat', 'dog'], 10, [{ name: 'yard', weights: { cat: 30, dog: 10 } }])
  const letters = datasetOf(['a', 'b', 'c'], 50, [
    { name: 'page', weights: { a: 1, b: 1 } },
    { name: 'margin', weights: { c: 2 } },
  ])
  const world = combineDatasets([animals, letters], { kind: 'world', description: 'both' })

  it('puts classes and images one after the other', () => {
    expect(world.classNames).toEqual(['cat', 'dog', 'a', 'b', 'c'])
    expect([...world.train.labels]).toEqual([0, 1, 2, 3, 4])
    expect(world.test.pixels[2 * size * size * 3]).toBe(50)
  })

  it('meets every data set equally often, whatever its places weigh', () => {
    const weightOf = (index: number): number =>
      Object.values(world.places?.[index]?.weights ?? {}).reduce((sum, weight) => sum + weight, 0)
    expect(weightOf(0)).toBeCloseTo(1)
    expect(weightOf(1) + weightOf(2)).toBeCloseTo(1)
    expect(world.places?.[0]?.weights).toEqual({ cat: 0.75, dog: 0.25 })
  })

  it('refuses classes that are called alike', () => {
    expect(() => combineDatasets([animals, animals], { kind: 'world', description: '' })).toThrow(
      expect.objectContaining({ code: 'dataset-invalid' }),
    )
  })

  it('has another digest for other images', () => {
    const others = combineDatasets([animals, datasetOf(['a', 'b', 'c'], 51, letters.places)], {
      kind: 'world',
      description: 'both',
    })
    expect(others.digest).not.toBe(world.digest)
  })
})

describe('withMirrored', () => {
  it('shows each image as it is and as in a mirror, with its label', () => {
    const split = allocateSplit(1, size)
    split.pixels.set([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    split.labels[0] = 7
    const both = withMirrored(split, size)
    expect([...both.labels]).toEqual([7, 7])
    expect([...both.pixels]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 2, 2, 2, 1, 1, 1, 4, 4, 4, 3, 3, 3])
  })
})

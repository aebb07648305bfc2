import type { Place } from '../../core/streams/place.ts'
import { mirrorRgb } from '../../core/image/mirror.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { digestOfPixels } from './data-digest.ts'
import { allocateSplit, splitCount, type Dataset, type Split } from './dataset.ts'

const splitNames = ['train', 'validation', 'test'] as const

/** Images of several splits one after the other, their classes counted on from the ones before. */
function joinSplits(
  parts: readonly { readonly split: Split; readonly firstClass: number }[],
  size: number,
): Split {
  const joined = allocateSplit(
    parts.reduce((sum, { split }) => sum + splitCount(split), 0),
    size,
  )
  let image = 0
  for (const { split, firstClass } of parts) {
    joined.pixels.set(split.pixels, image * size * size * 3)
    for (const label of split.labels) joined.labels[image++] = firstClass + label
  }
  return joined
}

/** Places whose weights sum to 1 together: a large data set is met as often as a small one. */
function evenPlaces(places: readonly Place[]): Place[] {
  const total = places.reduce((sum, { weights }) => Object.values(weights).reduce((a, b) => a + b, sum), 0)
  return places.map(({ name, weights }) => ({
    name,
    weights: Object.fromEntries(
      Object.entries(weights).map(([className, weight]) => [className, weight / total]),
    ),
  }))
}

/**
 * Training images twice, once as in a mirror: for data that is mirrored before training, since other data
 * beside it must not be.
 */
export function withMirrored(split: Split, size: number): Split {
  const bytes = size * size * 3
  const count = splitCount(split)
  const both = allocateSplit(2 * count, size)
  both.pixels.set(split.pixels)
  both.labels.set(split.labels)
  both.labels.set(split.labels, count)
  for (let image = 0; image < count; image++)
    both.pixels.set(
      mirrorRgb(split.pixels.subarray(image * bytes, (image + 1) * bytes), size),
      (count + image) * bytes,
    )
  return both
}

/**
 * Unlike data sets as one: classes and places of each, one after the other, and all data sets met equally
 * often. Throws `dataset-invalid` where two classes are called alike.
 */
export function combineDatasets(
  datasets: readonly Dataset[],
  facts: Pick<Dataset, 'kind' | 'description'>,
): Dataset {
  const size = datasets[0]?.size ?? 0
  const classNames = datasets.flatMap((dataset) => dataset.classNames)
  const twice = classNames.find((name, index) => classNames.indexOf(name) !== index)
  if (twice !== undefined)
    throw new CacheNetError(
      'dataset-invalid',
      `Two data sets have a class ${twice}. Classes of one bundle need names of their own.`,
      { className: twice },
    )
  let firstClass = 0
  const parts = datasets.map((dataset) => {
    const part = { dataset, firstClass }
    firstClass += dataset.classNames.length
    return part
  })
  const [train, validation, test] = splitNames.map((name) =>
    joinSplits(
      parts.map(({ dataset, firstClass: first }) => ({ split: dataset[name], firstClass: first })),
      size,
    ),
  ) as [Split, Split, Split]
  return {
    ...facts,
    classNames,
    size,
    places: datasets.flatMap(({ places = [] }) => evenPlaces(places)),
    digest: digestOfPixels({ train, validation, test }),
    train,
    validation,
    test,
  }
}

import { CacheNetError } from '../../core/wire/errors.ts'
import { imagesByClass, type Dataset } from '../data/dataset.ts'

/** With fewer images a class is named before training: what is learnt and measured of it says little. */
const fewForClass = 20

const splits = [
  { of: 'train', words: 'none to train on' },
  { of: 'validation', words: 'none for the choices that training makes' },
  { of: 'test', words: 'none to test with' },
] as const

/** At most so many names in a sentence. */
const listed = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`

/**
 * Whether every class has an image in each split. Throws `dataset-invalid` with the classes that have not,
 * before anything is trained.
 *
 * @returns sentences about what is too little to be sure of, to be said before training
 */
export function checkDataset({
  classNames,
  ...dataset
}: Pick<Dataset, 'classNames' | 'train' | 'validation' | 'test'>): string[] {
  const counts = { train: [], validation: [], test: [] } as Record<(typeof splits)[number]['of'], number[]>
  for (const { of } of splits)
    counts[of] = imagesByClass(dataset[of], classNames.length).map(({ length }) => length)
  const imagesOf = (index: number): number =>
    counts.train[index]! + counts.validation[index]! + counts.test[index]!
  const problems = splits.flatMap(({ of, words }) => {
    const empty = classNames.filter((_, index) => counts[of][index] === 0)
    return empty.length === 0 ? [] : [`${listed(empty)}: ${words}`]
  })
  if (problems.length > 0) {
    const few = classNames.flatMap((name, index) =>
      imagesOf(index) < 3 ? [`${name} (${imagesOf(index)})`] : [],
    )
    throw new CacheNetError(
      'dataset-invalid',
      `Some classes have too few images, shared out to training, choices and test. ${problems.join('; ')}. ` +
        `${few.length === 0 ? '' : `Images: ${listed(few)}. `}A class needs three at least, and twenty or more to be learnt; add some, or take its folder away. Nothing was started.`,
      { problems, classes: few },
    )
  }
  const scarce = classNames.flatMap((name, index) =>
    counts.train[index]! < fewForClass ? [`${name} (${counts.train[index]!})`] : [],
  )
  return scarce.length === 0
    ? []
    : [
        `Few images to learn from, so expect little of ${scarce.length === 1 ? 'this class' : 'these classes'}: ${listed(scarce)}.`,
      ]
}

import { CacheNetError } from '../wire/errors.ts'

/** Names under which folders of a split go about, in any case. */
const usualNames = {
  train: ['train', 'training'],
  validation: ['val', 'valid', 'validation', 'dev'],
  test: ['test', 'testing'],
} as const
type SplitName = keyof typeof usualNames
const splitNames = Object.keys(usualNames) as SplitName[]

export interface SplitFolders {
  readonly train: string
  readonly validation: string | undefined
  readonly test: string | undefined
  /** Folders that are no split. */
  readonly beside: readonly string[]
}

const splitOf = (name: string): SplitName | undefined =>
  splitNames.find((split) => (usualNames[split] as readonly string[]).includes(name.toLowerCase()))

/** Whether a folder of training images is among these folders. */
export const hasTrainFolder = (names: readonly string[]): boolean =>
  names.some((name) => splitOf(name) === 'train')

/**
 * Which of these folders are splits; undefined where they are classes: `train` beside `bus` and `car` is one.
 * Throws `dataset-invalid` where a split comes twice, or where there is a test and no training.
 */
export function findSplitFolders(names: readonly string[]): SplitFolders | undefined {
  const found = (split: SplitName): string[] => names.filter((name) => splitOf(name) === split)
  const beside = names.filter((name) => splitOf(name) === undefined)
  const [train, validation, test] = [found('train'), found('validation'), found('test')]
  const hasOthers = validation.length + test.length > 0
  if (train.length === 0 && hasOthers && beside.length === 0) {
    throw new CacheNetError(
      'dataset-invalid',
      `There are ${names.join(' and ')}, and no folder called train beside them. Name one train, or give a folder with one sub-folder a class.`,
      { names },
    )
  }
  const isSplit = train.length > 0 && (hasOthers || beside.length === 0)
  if (!isSplit) return undefined
  const twice = [train, validation, test].find((folders) => folders.length > 1)
  if (twice !== undefined) {
    throw new CacheNetError(
      'dataset-invalid',
      `${twice.join(' and ')} could both be meant for the same images. Leave one of them, or name the other one differently.`,
      { names: twice },
    )
  }
  return { train: train[0] ?? '', validation: validation[0], test: test[0], beside }
}

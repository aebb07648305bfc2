import { join, relative, sep } from 'node:path'
import { compareNames } from '../../core/image/compare-names.ts'
import { pixelDefinition } from '../../core/image/decode-picture.ts'
import { LeftOut } from '../../core/image/left-out.ts'
import { findSplitFolders, type SplitFolders } from '../../core/image/split-folders.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { filesByClass, type ClassFile, type ClassFolders } from './class-files.ts'
import { digestOfFiles } from './data-digest.ts'
import { decodedCache } from './decoded-cache.ts'
import { allocateSplit, type Dataset, type Split } from './dataset.ts'
import { readFilePixels } from './read-file-pixels.ts'
import { placesOfFolder } from './places-of-folder.ts'
import { kindOfFile, listFolder, walkImages } from './walk-images.ts'

/** Large photographs are decoded as a whole: so many times 40 MB. */
const decodesAtOnce = 6

async function decode(
  files: readonly ClassFile[],
  size: number,
  onProgress: (done: number, of: number) => void,
): Promise<Split> {
  const split = allocateSplit(files.length, size)
  const broken: string[] = []
  let next = 0
  let done = 0
  const decodeOnes = async (): Promise<void> => {
    while (next < files.length) {
      const index = next++
      const { path, classIndex } = files[index]!
      try {
        split.pixels.set(await readFilePixels(path, size), index * size * size * 3)
        split.labels[index] = classIndex
      } catch (error) {
        broken.push(`${path} (${error instanceof Error ? error.message : String(error)})`)
      }
      onProgress(++done, files.length)
    }
  }
  await Promise.all(Array.from({ length: decodesAtOnce }, decodeOnes))
  if (broken.length > 0) {
    throw new CacheNetError(
      'dataset-invalid',
      `${broken.length} images cannot be read. Mend or delete them: ${broken.slice(0, 10).join(', ')}.`,
      { broken },
    )
  }
  return split
}

/** Takes `share` of each class off the end: whole stretches of a sequence, never single frames out of it. */
function takeLast(
  files: readonly ClassFile[][],
  share: number,
): { kept: ClassFile[][]; taken: ClassFile[][] } {
  const cut = (list: ClassFile[]): number =>
    Math.min(list.length - 1, Math.max(1, Math.round(list.length * (1 - share))))
  return {
    kept: files.map((list) => list.slice(0, cut(list))),
    taken: files.map((list) => list.slice(cut(list))),
  }
}

/**
 * The folders of each class, in the order of the names; names as everybody else writes them (NFC), whatever
 * the disk does.
 */
async function classesIn(folder: string): Promise<ClassFolders[]> {
  const classes = new Map<string, string[]>()
  for (const found of (await listFolder(folder)).folders) {
    const name = found.normalize('NFC')
    classes.set(name, [...(classes.get(name) ?? []), join(folder, found)])
  }
  return [...classes]
    .map(([name, folders]) => ({ name, folders }))
    .sort((a, b) => compareNames(a.name, b.name))
}

/** What lies beside the class folders is named, not trained on. */
async function noteOutside(
  top: string,
  folder: string,
  beside: readonly string[],
  leftOut: LeftOut,
): Promise<void> {
  const shown = (path: string): string => relative(top, path).split(sep).join('/')
  for (const name of (await listFolder(folder)).files) {
    const path = join(folder, name)
    const kind = await kindOfFile(path)
    if (kind !== 'other') leftOut.add(kind === 'image' ? 'outside' : kind, shown(path))
  }
  for (const name of beside) {
    for (const path of await walkImages(join(folder, name), top, new LeftOut()))
      leftOut.add('outside', shown(path))
  }
}

interface FoundFiles {
  readonly classNames: readonly string[]
  readonly train: readonly ClassFile[]
  readonly validation: readonly ClassFile[]
  readonly test: readonly ClassFile[]
}

/** Images of a split that has a folder of its own, by the classes of training. */
async function ownSplit(
  top: string,
  folder: string,
  classes: readonly ClassFolders[],
  leftOut: LeftOut,
): Promise<ClassFile[][]> {
  const found = await classesIn(folder)
  const trained = new Set(classes.map(({ name }) => name))
  for (const { folders } of found.filter(({ name }) => !trained.has(name))) {
    for (const extra of folders) {
      for (const path of await walkImages(extra, top, leftOut))
        leftOut.add('notTrained', relative(top, path).split(sep).join('/'))
    }
  }
  await noteOutside(top, folder, [], leftOut)
  const foldersOf = (name: string): readonly string[] =>
    found.find((each) => each.name === name)?.folders ?? []
  return filesByClass(
    top,
    folder,
    classes.map(({ name }) => ({ name, folders: foldersOf(name) })),
    leftOut,
  )
}

async function findFiles(top: string, validationShare: number, leftOut: LeftOut): Promise<FoundFiles> {
  const splits: SplitFolders | undefined = findSplitFolders((await listFolder(top)).folders)
  const trainFolder = splits === undefined ? top : join(top, splits.train)
  const classes = await classesIn(trainFolder)
  const classNames = classes.map(({ name }) => name)
  if (classes.length < 2) {
    throw new CacheNetError(
      'dataset-invalid',
      `${trainFolder} has ${classes.length} class folders, and a classifier needs two or more.`,
      { folder: trainFolder, classNames },
    )
  }
  await noteOutside(top, top, splits?.beside ?? [], leftOut)
  if (splits !== undefined) await noteOutside(top, trainFolder, [], leftOut)
  const own = (name: string | undefined): Promise<ClassFile[][]> | undefined =>
    name === undefined ? undefined : ownSplit(top, join(top, name), classes, leftOut)
  const all = await filesByClass(top, trainFolder, classes, leftOut)
  const test = await own(splits?.test)
  const validation = await own(splits?.validation)
  const tested = test === undefined ? takeLast(all, 0.1) : { kept: all, taken: test }
  const validated =
    validation === undefined
      ? takeLast(tested.kept, validationShare)
      : { kept: tested.kept, taken: validation }
  return {
    classNames,
    train: validated.kept.flat(),
    validation: validated.taken.flat(),
    test: tested.taken.flat(),
  }
}

export interface FolderOptions {
  readonly size: number
  readonly validationShare: number
  readonly cacheFolder: string
  /** Called once where files were left out, with the line that says how many and why. */
  readonly onLeftOut?: (line: string) => void
}

/**
 * Images of files as a split. Decoded ones are kept in one file, so that only the first run waits for them.
 *
 * @param classNames part of the name of that file: labels are indices of them
 */
export async function loadFiles(
  files: readonly ClassFile[],
  classNames: readonly string[],
  { size, cacheFolder }: Pick<FolderOptions, 'size' | 'cacheFolder'>,
  onProgress: (done: number, of: number) => void,
): Promise<Split> {
  const key = [
    `pixels ${pixelDefinition}`,
    `size ${size}`,
    `classes ${JSON.stringify(classNames)}`,
    ...files.map(({ classIndex, digest }) => `${classIndex} ${digest}`),
  ]
  const images = { images: files.length, size }
  return {
    ...(await decodedCache(cacheFolder, key, images, () => decode(files, size, onProgress))),
    readAt: (image, at) => readFilePixels(files[image]!.path, at),
    digests: files.map(({ digest }) => digest),
  }
}

/**
 * Any folder of images, one sub-folder a class; or `DIR/train` with `DIR/val`, `DIR/test` or both, under
 * their usual names in any case. Without images for the test a tenth of each class is put aside, without such
 * for choices `validationShare`. Decoded images are kept in one file, so that only the first run waits for
 * them.
 */
export async function loadFolder(
  folder: string,
  options: FolderOptions,
  onProgress: (done: number, of: number) => void,
): Promise<Dataset> {
  const leftOut = new LeftOut()
  const files = await findFiles(folder, options.validationShare, leftOut)
  const line = leftOut.sentence()
  if (line !== undefined) options.onLeftOut?.(line)

  const { size } = options
  const { classNames } = files
  const places = await placesOfFolder(folder, files.train, classNames)
  const load = (of: readonly ClassFile[]): Promise<Split> => loadFiles(of, classNames, options, onProgress)
  return {
    kind: 'folder',
    description: `A folder of images, ${classNames.length} classes.`,
    classNames,
    digest: digestOfFiles(files),
    size,
    ...(places === undefined ? {} : { places }),
    train: await load(files.train),
    validation: await load(files.validation),
    test: await load(files.test),
  }
}

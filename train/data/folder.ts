import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import sharp from 'sharp'
import { CacheNetError } from '../../core/wire/errors.ts'
import { decodedCache } from './decoded-cache.ts'
import { allocateSplit, type Dataset, type Split } from './dataset.ts'

const imageName = /\.(jpe?g|png|webp)$/i
const decodesAtOnce = 16

export interface FolderFile {
  readonly path: string
  readonly classIndex: number
  readonly bytes: number
  readonly modifiedMs: number
}

const byName = new Intl.Collator('en', { numeric: true }).compare

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new CacheNetError('dataset-invalid', `The folder ${folder} cannot be read. Name a folder with one sub-folder a class.`, { folder }, { cause: error })
  })
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name).sort(byName)
}

/** Image files of a class: those of its sub-folders (one a sequence) too, in the order of their names. */
async function classFiles(folder: string, classIndex: number): Promise<FolderFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new CacheNetError('dataset-invalid', `There is no folder ${folder} that can be read. Every class needs one, in train and in test alike.`, { folder }, { cause: error })
  })
  const paths = entries.filter((entry) => entry.isFile() && imageName.test(entry.name)).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    paths.sort(byName).map(async (path) => {
      const { size, mtimeMs } = await stat(path)
      return { path, classIndex, bytes: size, modifiedMs: mtimeMs }
    }),
  )
}

async function filesByClass(folder: string, classNames: readonly string[]): Promise<FolderFile[][]> {
  const files = await Promise.all(classNames.map((name, classIndex) => classFiles(join(folder, name), classIndex)))
  const empty = classNames.filter((_, index) => files[index]!.length === 0)
  if (empty.length > 0) {
    throw new CacheNetError('dataset-invalid', `No image (JPEG, PNG, WebP) in ${empty.map((name) => join(folder, name)).join(', ')}.`, { empty })
  }
  return files
}

async function decode(files: readonly FolderFile[], size: number, onProgress: (done: number, of: number) => void): Promise<Split> {
  const split = allocateSplit(files.length, size)
  const broken: string[] = []
  let next = 0
  const decodeOnes = async (): Promise<void> => {
    while (next < files.length) {
      const index = next++
      const { path, classIndex } = files[index]!
      try {
        const { data, info } = await sharp(path, { failOn: 'error' }).removeAlpha().toColourspace('srgb').resize(size, size, { fit: 'cover' }).raw().toBuffer({ resolveWithObject: true })
        if (info.channels !== 3) throw new Error(`it has ${info.channels} channels`)
        split.pixels.set(data, index * size * size * 3)
        split.labels[index] = classIndex
      } catch (error) {
        broken.push(`${path} (${error instanceof Error ? error.message : String(error)})`)
      }
      onProgress(index + 1, files.length)
    }
  }
  await Promise.all(Array.from({ length: decodesAtOnce }, decodeOnes))
  if (broken.length > 0) {
    throw new CacheNetError('dataset-invalid', `${broken.length} images cannot be read. Mend or delete them: ${broken.slice(0, 10).join(', ')}.`, { broken })
  }
  return split
}

/** Takes `share` of each class off the end: whole stretches of a sequence, never single frames out of it. */
function takeLast(files: readonly FolderFile[][], share: number): { kept: FolderFile[][]; taken: FolderFile[][] } {
  const cut = (list: FolderFile[]): number => Math.min(list.length - 1, Math.max(1, Math.round(list.length * (1 - share))))
  return { kept: files.map((list) => list.slice(0, cut(list))), taken: files.map((list) => list.slice(cut(list))) }
}

/**
 * Any folder of images, one sub-folder a class; `DIR/train` and `DIR/test` are used where both exist, otherwise a tenth of each class is
 * put aside for the test. Decoded images are kept in one file, so that only the first run waits for them.
 */
export async function loadFolder(
  folder: string,
  options: { readonly size: number; readonly validationShare: number; readonly cacheFolder: string },
  onProgress: (done: number, of: number) => void,
): Promise<Dataset> {
  const top = await subfolders(folder)
  const hasSplits = top.includes('train') && top.includes('test')
  const classNames = hasSplits ? await subfolders(join(folder, 'train')) : top
  if (classNames.length < 2) {
    throw new CacheNetError('dataset-invalid', `${folder} has ${classNames.length} class folders, and a classifier needs two or more.`, { folder, classNames })
  }
  const all = await filesByClass(hasSplits ? join(folder, 'train') : folder, classNames)
  const tested = hasSplits ? { kept: all, taken: await filesByClass(join(folder, 'test'), classNames) } : takeLast(all, 0.1)
  const { kept, taken } = takeLast(tested.kept, options.validationShare)

  const load = (files: readonly FolderFile[]): Promise<Split> => {
    const key = files.map(({ path, classIndex, bytes, modifiedMs }) => [relative(folder, path), classIndex, bytes, modifiedMs].join('|'))
    return decodedCache(options.cacheFolder, [`size ${options.size}`, ...key], options.size, () => decode(files, options.size, onProgress))
  }
  return {
    kind: 'folder',
    description: `A folder of images, ${classNames.length} classes.`,
    classNames,
    size: options.size,
    train: await load(kept.flat()),
    validation: await load(taken.flat()),
    test: await load(tested.taken.flat()),
  }
}

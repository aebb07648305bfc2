import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { headBytes, kindOfBytes } from '../../core/image/file-kind.ts'
import type { LeftOut } from '../../core/image/left-out.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { walkImages } from './walk-images.ts'

const readsAtOnce = 8

export interface ClassFile {
  readonly path: string
  readonly classIndex: number
  /** SHA-256 of its bytes: names, sizes and times of two folders may be the same. */
  readonly digest: string
}

/**
 * A class and the folders that are called like it: two, where one machine wrote its name with composed
 * letters and one without.
 */
export interface ClassFolders {
  readonly name: string
  readonly folders: readonly string[]
}

/**
 * Undefined for a file that is called like an image and is one in HEIC, as phones and messengers hand them
 * over.
 */
async function digestOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CacheNetError(
      'dataset-invalid',
      `${path} cannot be read. Give this program the right to read it, or delete it.`,
      { path },
      { cause },
    )
  })
  return kindOfBytes(bytes.subarray(0, headBytes)) === 'heic'
    ? undefined
    : createHash('sha256').update(bytes).digest('hex')
}

/**
 * Images of each class: those of its sub-folders (one a sequence) too, in the order of their names. What is
 * left out is noted under its path in `top`. Throws `dataset-invalid` for a class without any.
 *
 * @param top the folder that a person named
 * @param split the one in it that has the class folders, or `top` itself
 */
export async function filesByClass(
  top: string,
  split: string,
  classes: readonly ClassFolders[],
  leftOut: LeftOut,
): Promise<ClassFile[][]> {
  const result: ClassFile[][] = []
  for (const [classIndex, { folders }] of classes.entries()) {
    const paths = (await Promise.all(folders.map((folder) => walkImages(folder, top, leftOut)))).flat()
    const digests = new Array<string | undefined>(paths.length)
    let next = 0
    const readOnes = async (): Promise<void> => {
      while (next < paths.length) {
        const index = next++
        digests[index] = await digestOf(paths[index]!)
      }
    }
    await Promise.all(Array.from({ length: readsAtOnce }, readOnes))
    result.push(
      paths.flatMap((path, index) => {
        const digest = digests[index]
        if (digest !== undefined) return [{ path, classIndex, digest }]
        leftOut.add('heic', relative(top, path).split(sep).join('/'))
        return []
      }),
    )
  }
  const empty = classes.filter((_, index) => result[index]!.length === 0)
  if (empty.length > 0) {
    const folders = empty.flatMap((each) =>
      each.folders.length > 0 ? each.folders : [join(split, each.name)],
    )
    const why = leftOut.sentence()
    throw new CacheNetError(
      'dataset-invalid',
      `No image that can be read in ${folders.join(', ')}.${why === undefined ? '' : ` ${why}`}`,
      { empty: folders },
    )
  }
  return result
}

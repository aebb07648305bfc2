import { join, relative, sep } from 'node:path'
import { imageFormats } from '../../core/image/file-kind.ts'
import { LeftOut } from '../../core/image/left-out.ts'
import { findSplitFolders } from '../../core/image/split-folders.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { listFolder, walkImages } from '../../train/data/walk-images.ts'

export interface StreamImage {
  readonly path: string
  /** Undefined where no folder that the image lies in is called like a class. */
  readonly className: string | undefined
}

export interface LabelledImage extends StreamImage {
  readonly className: string
  readonly classIndex: number
}

interface AllImages {
  /**
   * The folder that was read: the one with the test images inside the one that was named, where it has
   * splits; those for choices where there are no others.
   */
  readonly folder: string
  /** In the order of their paths. */
  readonly images: readonly StreamImage[]
  /** The line that says how many files were left out and why; undefined where there were none. */
  readonly leftOut: string | undefined
}

export interface ImageList extends AllImages {
  /** In the order of their paths. */
  readonly images: readonly LabelledImage[]
  /** Images that lie in no folder called like a class. */
  readonly ignored: number
}

/** Training images tell nothing: the network has seen them. */
async function testFolder(folder: string): Promise<string> {
  const splits = findSplitFolders((await listFolder(folder)).folders)
  const held = splits?.test ?? splits?.validation
  return held === undefined ? folder : join(folder, held)
}

/**
 * Every image below a folder, whether or not its class is known: the innermost folder called like a class
 * says it. Throws `dataset-invalid` where there are none.
 */
export async function listAllImages(dataFolder: string, classNames: readonly string[]): Promise<AllImages> {
  const folder = classNames.includes('test') ? dataFolder : await testFolder(dataFolder)
  const left = new LeftOut()
  const paths = await walkImages(folder, dataFolder, left)
  const leftOut = left.sentence()
  if (paths.length === 0) {
    const why = leftOut === undefined ? '' : ` ${leftOut}`
    throw new CacheNetError(
      'dataset-invalid',
      `There are no images in ${folder}: ${imageFormats} can be played.${why}`,
      { folder, images: 0 },
    )
  }
  // Disks may take letters apart that bundles have composed.
  const classOf = (path: string): string | undefined =>
    relative(folder, path)
      .split(sep)
      .slice(0, -1)
      .map((name) => name.normalize('NFC'))
      .findLast((name) => classNames.includes(name))
  return { folder, images: paths.map((path) => ({ path, className: classOf(path) })), leftOut }
}

/**
 * The images below a folder whose class the names of their folders say; the innermost folder called like a
 * class counts. Throws `dataset-invalid` where there are none.
 */
export async function listImages(dataFolder: string, classNames: readonly string[]): Promise<ImageList> {
  const { folder, images: all, leftOut } = await listAllImages(dataFolder, classNames)
  const images = all.flatMap(({ path, className }): LabelledImage[] =>
    className === undefined ? [] : [{ path, className, classIndex: classNames.indexOf(className) }],
  )
  if (images.length === 0) {
    throw new CacheNetError(
      'dataset-invalid',
      `There are no images of this bundle's classes in ${folder}: ${all.length} images, none of them in a folder called ${classNames.slice(0, 3).join(', ')}${classNames.length > 3 ? ', …' : ''}. Lay them out as ${join(folder, classNames[0] ?? 'class', '0001.png')}.`,
      { folder, images: all.length, classNames },
    )
  }
  return { folder, images, leftOut, ignored: all.length - images.length }
}

import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'

/** What the page's folder source plays. */
const imageName = /\.(png|jpe?g|webp|gif|bmp|avif)$/i
const byName = new Intl.Collator('en', { numeric: true }).compare

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
  /** The folder that was read: `test` inside the one that was named, where that has both `train` and `test`. */
  readonly folder: string
  /** In the order of their paths. */
  readonly images: readonly StreamImage[]
}

export interface ImageList extends AllImages {
  /** In the order of their paths. */
  readonly images: readonly LabelledImage[]
  /** Images that lie in no folder called like a class. */
  readonly ignored: number
}

async function readFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new CacheNetError('dataset-invalid', `The folder ${folder} cannot be read. Name one with --data.`, { folder }, { cause })
  })
  return entries.filter((entry) => entry.isFile() && imageName.test(entry.name) && !entry.name.startsWith('.')).map((entry) => join(entry.parentPath, entry.name))
}

/** Training images tell nothing: the network has seen them. */
async function testFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name))
  return names.has('train') && names.has('test') ? join(folder, 'test') : folder
}

/** Every image below a folder, whether or not its class is known: the innermost folder called like a class says it. Throws `dataset-invalid` where there are none. */
export async function listAllImages(dataFolder: string, classNames: readonly string[]): Promise<AllImages> {
  const folder = classNames.includes('test') ? dataFolder : await testFolder(dataFolder)
  const paths = (await readFolder(folder)).sort((a, b) => byName(a, b) || (a < b ? -1 : 1))
  if (paths.length === 0) throw new CacheNetError('dataset-invalid', `There are no images in ${folder}: PNG, JPEG and WebP can be played.`, { folder, images: 0 })
  return { folder, images: paths.map((path) => ({ path, className: relative(folder, path).split(sep).slice(0, -1).findLast((name) => classNames.includes(name)) })) }
}

/**
 * The images below a folder whose class the names of their folders say; the innermost folder called like a class counts.
 * Throws `dataset-invalid` where there are none.
 */
export async function listImages(dataFolder: string, classNames: readonly string[]): Promise<ImageList> {
  const { folder, images: all } = await listAllImages(dataFolder, classNames)
  const images = all.flatMap(({ path, className }): LabelledImage[] => (className === undefined ? [] : [{ path, className, classIndex: classNames.indexOf(className) }]))
  if (images.length === 0) {
    throw new CacheNetError(
      'dataset-invalid',
      `There are no images of this bundle's classes in ${folder}: ${all.length} images, none of them in a folder called ${classNames.slice(0, 3).join(', ')}${classNames.length > 3 ? ', …' : ''}. Lay them out as ${join(folder, classNames[0] ?? 'class', '0001.png')}.`,
      { folder, images: all.length, classNames },
    )
  }
  return { folder, images, ignored: all.length - images.length }
}

import { sortGivingWay } from '../sort-giving-way.ts'

/** A file that a person chose, as far as its place in a stream goes. */
export interface NamedFile {
  readonly name: string
  /** Path inside the chosen folder, `a/b/c.png`; empty for a file that was chosen by itself. */
  readonly webkitRelativePath: string
}

const imageName = /\.(png|jpe?g|webp|gif|bmp|avif|heic|heif)$/i

export const isImageFile = ({ name }: NamedFile): boolean => imageName.test(name) && !name.startsWith('.')

const byNumber = new Intl.Collator('en', { numeric: true })

const pathOf = (file: NamedFile): string => file.webkitRelativePath || file.name

/** Path by path, numbers as numbers: `2.png` before `10.png`, and all of one folder before the next. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (let depth = 0; depth < Math.max(left.length, right.length); depth++) {
    const order = byNumber.compare(left[depth] ?? '', right[depth] ?? '')
    if (order !== 0) return order
  }
  // The same but for what the collator holds equal, such as `01` and `1`: still one order on every machine.
  return a < b ? -1 : Number(a > b)
}

/** The images among the files, in the order in which they are played. */
export function imagesInOrder<File extends NamedFile>(files: Iterable<File>): Promise<File[]> {
  // Tens of thousands are a second's work.
  return sortGivingWay([...files].filter(isImageFile), (a, b) => comparePaths(pathOf(a), pathOf(b)))
}

/** The folder that an image lies in is its class; null for a file that was chosen without a folder. */
export function trueLabelOf(file: NamedFile): string | null {
  return file.webkitRelativePath.split('/').at(-2) ?? null
}

export const displayName = (file: NamedFile): string => pathOf(file)

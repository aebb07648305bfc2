import { comparePaths } from '../../../core/image/compare-names.ts'
import {
  headBytes,
  kindOfBytes,
  kindOfName,
  kindOfType,
  type FileKind,
} from '../../../core/image/file-kind.ts'
import { isHiddenPath, LeftOut } from '../../../core/image/left-out.ts'
import { giveWay as giveWayOnPage, type GiveWay } from '../platform/give-way.ts'
import { sortGivingWay } from '../platform/sort-giving-way.ts'

/** A file that a person chose, as far as its place in a stream goes. */
export interface NamedFile {
  readonly name: string
  /** Path inside the chosen folder, `a/b/c.png`; empty for a file that was chosen by itself. */
  readonly webkitRelativePath: string
  /** Media type; '' where the browser does not know. */
  readonly type: string
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

export interface ChosenImages<File> {
  /** In the order in which they are played. */
  readonly images: readonly File[]
  readonly leftOut: LeftOut
}

const pathOf = (file: NamedFile): string => file.webkitRelativePath || file.name

/** By its first bytes, whatever it is called. */
export async function kindOfContent(file: NamedFile): Promise<FileKind> {
  return kindOfBytes(new Uint8Array(await file.slice(0, headBytes).arrayBuffer()))
}

/** By name; where that says nothing, as phones call their photos, by type; and else by the first bytes. */
async function kindOf(file: NamedFile): Promise<FileKind> {
  for (const kind of [kindOfName(file.name), kindOfType(file.type)]) if (kind !== 'unknown') return kind
  return kindOfContent(file).catch(() => 'other')
}

/**
 * The images among the files: what trainer and replay take for one too, and HEIC, which some browsers can
 * read. Each gets its turn; what is left out is counted, with its reason. A folder may hold ten thousands of
 * files: the page is not kept meanwhile.
 */
export async function chooseImages<File extends NamedFile>(
  files: Iterable<File>,
  giveWay: GiveWay = giveWayOnPage,
): Promise<ChosenImages<File>> {
  const leftOut = new LeftOut()
  const images: File[] = []
  for (const file of files) {
    await giveWay()
    // The folder that was chosen was meant, whatever it is called.
    const inside = file.webkitRelativePath.split('/').slice(1).join('/') || file.name
    if (isHiddenPath(inside)) {
      leftOut.addHidden(pathOf(file))
      continue
    }
    const kind = await kindOf(file)
    if (kind === 'image' || kind === 'heic') images.push(file)
    else leftOut.add(kind === 'unknown' ? 'other' : kind, pathOf(file))
  }
  const inOrder = (a: File, b: File): number => comparePaths(pathOf(a), pathOf(b))
  return { images: await sortGivingWay(images, inOrder, giveWay), leftOut }
}

/**
 * The folder that an image lies in is its class, its letters composed as in a bundle; null for a file that
 * was chosen without a folder.
 */
export function trueLabelOf(file: NamedFile): string | null {
  return file.webkitRelativePath.split('/').at(-2)?.normalize('NFC') ?? null
}

export const displayName = (file: NamedFile): string => pathOf(file)

import { heicAdvice, imageFormats, isHidden, kindOfName, type FileKind } from './file-kind.ts'

/** Why a file is not among the images. */
export type LeftOutReason =
  Exclude<FileKind, 'image' | 'unknown'> | 'unreadable' | 'hidden' | 'lost' | 'outside' | 'notTrained'

/** What follows the number: one file, several files; then what to do. */
const words: Readonly<Record<LeftOutReason, readonly [one: string, several: string, advice?: string]>> = {
  heic: ['image in HEIC', 'images in HEIC', heicAdvice],
  otherImage: [
    'image in a format that is not read',
    'images in formats that are not read',
    `${imageFormats} are: save it as one of them.`,
  ],
  other: ['file that is no image', 'files that are no images'],
  unreadable: ['image that cannot be read', 'images that cannot be read'],
  hidden: ['image that a program keeps for itself', 'images that programs keep for themselves'],
  lost: ['link that leads nowhere', 'links that lead nowhere'],
  outside: ['image outside the class folders', 'images outside the class folders'],
  notTrained: [
    'image of a class that there are no training images of',
    'images of classes that there are no training images of',
  ],
}
const shownNames = 2

/** Counts what is left out of a folder, so that one line can say how much and why. */
export class LeftOut {
  readonly #names = new Map<LeftOutReason, string[]>()

  /** @param name as a person finds it: a path inside the folder */
  add(reason: LeftOutReason, name: string): void {
    const names = this.#names.get(reason) ?? []
    if (names.length === 0) this.#names.set(reason, names)
    names.push(name)
  }

  /**
   * Files like `._x.png` and what lies in `.ipynb_checkpoints`: of no interest unless they look like images.
   */
  addHidden(name: string): void {
    if (kindOfName(name) !== 'other' && kindOfName(name) !== 'unknown') this.add('hidden', name)
  }

  get counts(): Partial<Record<LeftOutReason, number>> {
    return Object.fromEntries([...this.#names].map(([reason, names]) => [reason, names.length]))
  }

  /** Undefined where nothing was left out. */
  sentence(): string | undefined {
    const parts = [...this.#names].map(([reason, names]) => {
      const [one, several, advice] = words[reason]
      const shown = `${names.slice(0, shownNames).join(', ')}${names.length > shownNames ? ', …' : ''}`
      return `${names.length} ${names.length === 1 ? one : several} (${shown}).${advice === undefined ? '' : ` ${advice}`}`
    })
    return parts.length === 0 ? undefined : `Left out: ${parts.join(' ')}`
  }
}

/** Whether a path inside a folder leads through something hidden. */
export const isHiddenPath = (path: string): boolean => path.split('/').some(isHidden)

import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { compareNames } from '../../core/image/compare-names.ts'
import { headBytes, isHidden, kindOfBytes, kindOfName, type FileKind } from '../../core/image/file-kind.ts'
import type { LeftOut } from '../../core/image/left-out.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** What lies in one folder, links followed. Each list in the order of its names. */
export interface FolderContent {
  readonly folders: readonly string[]
  readonly files: readonly string[]
  /** Links that lead nowhere. */
  readonly lost: readonly string[]
  readonly hiddenFiles: readonly string[]
  readonly hiddenFolders: readonly string[]
}

/** Throws `dataset-invalid` for a folder that cannot be read. */
export async function listFolder(folder: string): Promise<FolderContent> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CacheNetError(
      'dataset-invalid',
      `The folder ${folder} cannot be read. Name a folder with one sub-folder a class.`,
      { folder },
      { cause },
    )
  })
  const content = {
    folders: [] as string[],
    files: [] as string[],
    lost: [] as string[],
    hiddenFiles: [] as string[],
    hiddenFolders: [] as string[],
  }
  await Promise.all(
    entries.map(async (entry) => {
      const { name } = entry
      const found = entry.isSymbolicLink() ? await stat(join(folder, name)).catch(() => undefined) : entry
      if (found === undefined) content.lost.push(name)
      else if (found.isDirectory()) (isHidden(name) ? content.hiddenFolders : content.folders).push(name)
      else if (found.isFile()) (isHidden(name) ? content.hiddenFiles : content.files).push(name)
    }),
  )
  for (const names of Object.values(content)) names.sort(compareNames)
  return content
}

async function kindOfContent(path: string): Promise<FileKind> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(headBytes), 0, headBytes, 0)
    return kindOfBytes(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

/** By its name; where that says nothing (a photo called `1000001234`), by its first bytes. */
export async function kindOfFile(path: string): Promise<Exclude<FileKind, 'unknown'>> {
  const kind = kindOfName(path)
  if (kind !== 'unknown') return kind
  const found = await kindOfContent(path).catch(() => 'other' as const)
  return found === 'unknown' ? 'other' : found
}

/**
 * Every image below a folder, links to files and folders followed, in the order of the paths. What is none
 * goes to `leftOut`, under its path in `top`. Throws `dataset-invalid` for a folder that cannot be read.
 */
export async function walkImages(folder: string, top: string, leftOut: LeftOut): Promise<string[]> {
  const images: string[] = []
  const shown = (path: string): string => relative(top, path).split(sep).join('/')

  async function noteHidden(hidden: string): Promise<void> {
    // Looked into no deeper: as much as it takes to say how many there are.
    const names = await readdir(hidden).catch(() => [])
    for (const name of names) leftOut.addHidden(shown(join(hidden, name)))
  }

  const start = await realpath(folder).catch(() => folder)
  async function walk(current: string, above: readonly string[]): Promise<void> {
    const real = await realpath(current).catch(() => current)
    // A link to a folder above leads round and round, and out of the class.
    if (above.includes(real) || start.startsWith(real === sep ? real : real + sep)) return
    const { folders, files, lost, hiddenFiles, hiddenFolders } = await listFolder(current)
    for (const name of files) {
      const path = join(current, name)
      const kind = await kindOfFile(path)
      if (kind === 'image') images.push(path)
      else leftOut.add(kind, shown(path))
    }
    for (const name of lost) leftOut.add('lost', shown(join(current, name)))
    for (const name of hiddenFiles) leftOut.addHidden(shown(join(current, name)))
    for (const name of hiddenFolders) await noteHidden(join(current, name))
    for (const name of folders) await walk(join(current, name), [...above, real])
  }

  await walk(folder, [])
  return images.sort(compareNames)
}

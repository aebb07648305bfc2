import { copyFile, link, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { StreamImage } from './list-images.ts'

const atOnce = 64
/** Called like no class: the page takes an image's folder for its label. */
const unlabelled = '-'

/**
 * A hard link costs nothing; where the two folders are on different disks, or links are not allowed, it is a
 * copy.
 */
async function place(from: string, to: string): Promise<void> {
  // A link to a link would lead from somewhere else, and so elsewhere.
  const file = await realpath(from)
  try {
    await link(file, to)
  } catch {
    await copyFile(file, to)
  }
}

async function layOut(signal: AbortSignal, folder: string, images: readonly StreamImage[]): Promise<void> {
  const digits = Math.max(6, String(images.length).length)
  for (let start = 0; start < images.length; start += atOnce) {
    signal.throwIfAborted()
    await Promise.all(
      images.slice(start, start + atOnce).map(async ({ path, className = unlabelled }, offset) => {
        const classFolder = join(folder, String(start + offset).padStart(digits, '0'), className)
        await mkdir(classFolder, { recursive: true })
        await place(path, join(classFolder, basename(path)))
      }),
    )
  }
}

/**
 * Lays a stream out as the page's folder source plays it, `NNNNNN/<class>/<file>` in the order of the stream,
 * for as long as `use` takes; the folder is gone afterwards, whatever happened.
 */
export async function withStreamFolder<Result>(
  signal: AbortSignal,
  images: readonly StreamImage[],
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-replay-'))
  try {
    await layOut(signal, folder, images)
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

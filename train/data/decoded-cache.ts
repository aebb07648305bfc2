import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allocateSplit, type Split } from './dataset.ts'

/**
 * Decoded images of a split in one file: its labels, then its pixels. The name is a hash of all that went in
 * (`key`), so a changed, added or removed file makes another; a file that is cut short is made again. Where
 * none can be written (a home that is read-only, a full disk), the images are decoded all the same.
 */
export async function decodedCache(
  folder: string,
  key: readonly string[],
  { images, size }: { readonly images: number; readonly size: number },
  decode: () => Promise<Split>,
): Promise<Split> {
  const path = join(
    folder,
    `${createHash('sha256').update(key.join('\n')).digest('hex').slice(0, 32)}.images`,
  )
  const stored = await readFile(path).catch(() => undefined)
  if (stored?.length === images * (4 + size * size * 3)) {
    const split = allocateSplit(images, size)
    new Uint8Array(split.labels.buffer).set(stored.subarray(0, images * 4))
    split.pixels.set(stored.subarray(images * 4))
    return split
  }
  const split = await decode()
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(temporary, Buffer.concat([new Uint8Array(split.labels.buffer), split.pixels]))
    await rename(temporary, path)
  } catch {
    // Only a cache: where it cannot be written, the next run decodes again.
    await rm(temporary, { force: true }).catch(() => undefined)
  }
  return split
}

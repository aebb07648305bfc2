import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allocateSplit, type Split } from './dataset.ts'

/**
 * Decoded images of a split in one file: its labels, then its pixels. The name is a hash of all that went in (`key`), so a changed, added
 * or removed file makes another; a file that is cut short is made again.
 */
export async function decodedCache(
  folder: string,
  key: readonly string[],
  { images, size }: { readonly images: number; readonly size: number },
  decode: () => Promise<Split>,
): Promise<Split> {
  const path = join(folder, `${createHash('sha256').update(key.join('\n')).digest('hex').slice(0, 32)}.images`)
  const stored = await readFile(path).catch(() => undefined)
  if (stored?.length === images * (4 + size * size * 3)) {
    const split = allocateSplit(images, size)
    new Uint8Array(split.labels.buffer).set(stored.subarray(0, images * 4))
    split.pixels.set(stored.subarray(images * 4))
    return split
  }
  const split = await decode()
  await mkdir(folder, { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, Buffer.concat([new Uint8Array(split.labels.buffer), split.pixels]))
  await rename(temporary, path)
  return split
}

import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What a process that was killed while it wrote has left behind. */
export const isLeftover = (name: string): boolean => /\.\d+\.tmp$/.test(name)

/** A new name is on the disk once its folder is. Some systems cannot do it, and need not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

/**
 * Writes to a temporary name, waits until that is on the disk, and renames: a reader sees the old content or
 * the new, never half of either, and so it is after a power cut.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    // On a full disk half a file would take what is left.
    await rm(temporary, { force: true })
    // The system does not say which file it was when a write fails.
    if (error instanceof Error && !('path' in error)) Object.assign(error, { path })
    throw error
  }
  await syncFolder(dirname(path))
}

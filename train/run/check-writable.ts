import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storageError } from './storage-error.ts'

/**
 * What `mkdir` made, from the first folder down to `folder`, is taken away again where nothing came into it
 * meanwhile.
 */
async function removeEmpty(folder: string, first: string | undefined): Promise<void> {
  if (first === undefined) return
  for (let path = folder; path.length >= first.length; path = join(path, '..')) {
    if (
      !(await rmdir(path).then(
        () => true,
        () => false,
      ))
    )
      return
  }
}

/**
 * Writes a file into `folder` and takes it away again: that nothing can be written there is to be known
 * before an hour of training, not after it. Throws `storage-failed`, in words that name `flag`.
 */
export async function checkWritable(flag: string, folder: string): Promise<void> {
  const probe = join(folder, `.cachenet-${process.pid}.tmp`)
  try {
    const first = await mkdir(folder, { recursive: true })
    await writeFile(probe, '')
    await rm(probe)
    await removeEmpty(folder, first)
  } catch (thrown) {
    throw storageError(thrown, `Name another folder with ${flag}. Nothing was started.`) ?? thrown
  }
}

import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { CacheNetError } from '../../../core/wire/errors.ts'

/** Another edge may have made the file, and not written it yet. */
const [tries, pauseMs] = [20, 50]

/**
 * What tells a folder from all others: edges that name the same path need not mean the same folder. Made by
 * the first edge that asks. Throws `storage-failed` where it cannot be read or written.
 */
export async function folderId(folder: string): Promise<string> {
  const path = join(folder, 'folder-id')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(path, randomUUID(), { flag: 'wx', mode: 0o600 }).catch(() => undefined)
    for (let turn = 1; ; turn++) {
      const parsed = z.uuid().safeParse(await readFile(path, 'utf8'))
      if (parsed.success) return parsed.data
      if (turn === tries) throw parsed.error
      await pause(pauseMs)
    }
  } catch (cause) {
    throw new CacheNetError(
      'storage-failed',
      `The folder ${folder} cannot be read and written, or ${path} is damaged: delete that file.`,
      { folder },
      { cause },
    )
  }
}

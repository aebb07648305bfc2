import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { incomingFolder } from './incoming-frames.ts'
import { workFolderPrefix } from './run-trainer.ts'

/** What comes in and is not fetched for so long is of an edge or a queue that is gone. */
const mostAgeMs = 3_600_000

/** Deletes what edges that were killed left in the folder of a bundle. Only its keeper may. */
export async function clearLeftovers(bundleFolder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(bundleFolder))
    if (name.startsWith(workFolderPrefix))
      await rm(join(bundleFolder, name), { recursive: true, force: true })
  const incoming = incomingFolder(bundleFolder)
  for (const name of await readdir(incoming).catch(() => [] as string[])) {
    const path = join(incoming, name)
    const changedMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    )
    if (nowMs - changedMs > mostAgeMs) await rm(path, { force: true })
  }
}

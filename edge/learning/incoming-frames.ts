import { randomInt } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeKeptFrame, encodeKeptFrame, type KeptFrame } from '../../core/places/kept-frame.ts'
import { frameFileName } from './kept-frames.ts'
import { writeByRename } from './write-by-rename.ts'

/** A frame that another edge laid into the shared folder, to be kept. */
export interface IncomingFrame {
  /** Its name in the folder of what comes in. */
  readonly file: string
  readonly stream: string
  /** Of the frames of its stream before it: see `checkedHeader`. */
  readonly checked?: readonly boolean[] | undefined
  /** Hash of the manifest that it was answered by; older edges do not say. */
  readonly manifestSha256?: string | undefined
}

/** Beside the frames that are kept, so that one is kept by renaming: once, however often it is told of. */
export const incomingFolder = (bundleFolder: string): string => join(bundleFolder, 'incoming')

export const incomingPath = (bundleFolder: string, file: string): string =>
  join(incomingFolder(bundleFolder), file)

/** Lays a frame there under a name that no other has, and returns the name. */
export async function writeIncoming(bundleFolder: string, frame: KeptFrame): Promise<string> {
  const file = frameFileName(frame.atMs, randomInt(2 ** 47, 2 ** 48 - 1))
  await mkdir(incomingFolder(bundleFolder), { recursive: true, mode: 0o700 })
  await writeByRename(incomingPath(bundleFolder, file), encodeKeptFrame(frame))
  return file
}

/**
 * Undefined where it is there no more: it was kept already, or given up by whoever sent it. Throws
 * `request-invalid` for what is no frame, and what reading throws.
 */
export async function readIncoming(path: string): Promise<KeptFrame | undefined> {
  const bytes = await readFile(path).catch((thrown: unknown) => {
    // Anything else is a fault, such as edges that run as different users.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  })
  if (bytes === undefined) return undefined
  const frame = decodeKeptFrame(bytes)
  // Another edge's clock may be ahead.
  return { ...frame, atMs: Math.min(frame.atMs, Date.now()) }
}

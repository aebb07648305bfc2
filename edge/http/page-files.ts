import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, normalize, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { COMPRESSIBLE_CONTENT_TYPE_REGEX } from 'hono/utils/compress'
import { getMimeType } from 'hono/utils/mime'

/** A file of the built page, in memory. */
export interface PageFile {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Absent where it would not be worth it. */
  readonly gzipped: Uint8Array<ArrayBuffer> | undefined
  /** Weak: the same for both forms. */
  readonly etag: string
}

/** Below this, headers are most of it. */
const leastBytes = 1024
const compress = promisify(gzip)

async function readPageFile(path: string): Promise<PageFile> {
  const bytes = new Uint8Array(await readFile(path))
  const type = getMimeType(path) ?? 'application/octet-stream'
  const isWorthIt = bytes.byteLength >= leastBytes && COMPRESSIBLE_CONTENT_TYPE_REGEX.test(type)
  const gzipped = isWorthIt ? new Uint8Array(await compress(bytes)) : undefined
  return { type, bytes, gzipped, etag: `W/"${createHash('sha256').update(bytes).digest('hex')}"` }
}

/** Where a path of a URL lies in a folder; undefined for what would leave it, or is no path of ours. */
function placeOf(folder: string, urlPath: string): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
  if (/[\0\\]|\/\/|(^|\/)\.\.?(\/|$)/.test(path)) return undefined
  const place = join(folder, path === '/' ? 'index.html' : path)
  return place.startsWith(normalize(folder + sep)) ? place : undefined
}

/**
 * Changes with the file; undefined where there is none. Synchronous: the other kind waits for the threads
 * that decoding keeps busy.
 */
function stampOf(place: string): string | undefined {
  try {
    const facts = statSync(place, { throwIfNoEntry: false })
    return facts?.isFile() === true ? [facts.mtimeMs, facts.size, facts.ino].join() : undefined
  } catch {
    // Too long to be a name, or not for this user.
    return undefined
  }
}

interface Known {
  readonly stamp: string
  readonly file: Promise<PageFile>
}

/**
 * The files of a folder by the path of a URL, each read and compressed once and again when it changes. From
 * memory, since reading and compressing wait for the same few threads as the decoding of images. Resolves
 * with undefined where there is no such file.
 */
export function createPageFiles(folder: string): (urlPath: string) => Promise<PageFile | undefined> {
  const known = new Map<string, Known>()

  return async (urlPath) => {
    const place = placeOf(folder, urlPath)
    if (place === undefined) return undefined
    const stamp = stampOf(place)
    if (stamp === undefined) {
      known.delete(place)
      return undefined
    }
    const found = known.get(place)
    if (found?.stamp === stamp) return found.file
    const file = readPageFile(place)
    known.set(place, { stamp, file })
    // What cannot be read is tried again.
    file.catch(() => known.delete(place))
    return file
  }
}

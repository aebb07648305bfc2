import { createHash } from 'node:crypto'
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyBlob } from '../../core/bundle/hash.ts'
import { blobsOf, parseManifest, type BlobRef, type Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** A blob ready to be sent: the caller closes the file. */
export interface OpenBlob {
  readonly file: FileHandle
  readonly bytes: number
}

/** A bundle on disk, all of whose blobs were read and checked once. */
export interface StoredBundle {
  readonly manifest: Manifest
  /** The manifest as it lies on disk. */
  readonly manifestBytes: Uint8Array<ArrayBuffer>
  /** Strong: quoted SHA-256 of `manifestBytes`. */
  readonly manifestEtag: string
  /**
   * Opens a blob for sending. Throws `blob-unknown` for a hash that the manifest does not name; `blob-missing`,
   * `blob-truncated` or `blob-altered` where the file was changed after the bundle was opened.
   */
  openBlob(sha256: string): Promise<OpenBlob>
  /** All of a blob, checked. Throws as `openBlob` does. */
  readBlob(sha256: string): Promise<Uint8Array<ArrayBuffer>>
}

/** Inside the bundle: what goes into an error may be sent to anybody, and tells nothing of the machine. */
const blobName = (ref: BlobRef): string => `blobs/${ref.sha256}.bin`

const why = {
  'blob-truncated': 'has another length than the manifest says',
  'blob-altered': 'is not what the manifest names',
} as const

async function readChecked(file: FileHandle, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await file.readFile())
  try {
    await verifyBlob(bytes, ref)
  } catch (thrown) {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'blob-truncated' && error.code !== 'blob-altered') throw error
    throw new CacheNetError(error.code, `The file ${blobName(ref)} ${why[error.code]}. Copy the bundle again, or train it again.`, {
      ...error.details,
      file: blobName(ref),
    })
  }
  return bytes
}

async function openFile(folder: string, ref: BlobRef): Promise<FileHandle> {
  try {
    return await open(join(folder, blobName(ref)))
  } catch (cause) {
    throw new CacheNetError(
      'blob-missing',
      `The file ${blobName(ref)}, which the manifest names, cannot be read. Copy the bundle again, or train it again.`,
      { file: blobName(ref) },
      { cause },
    )
  }
}

async function readManifest(folder: string): Promise<{ manifest: Manifest; manifestBytes: Uint8Array<ArrayBuffer> }> {
  const manifestBytes = new Uint8Array(
    await readFile(join(folder, 'manifest.json')).catch((cause: unknown) => {
      throw new CacheNetError('manifest-invalid', 'There is no manifest.json that can be read.', { file: 'manifest.json' }, { cause })
    }),
  )
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(manifestBytes))
  } catch (cause) {
    throw new CacheNetError('manifest-invalid', 'The manifest is not JSON; was it copied to its end?', { file: 'manifest.json' }, { cause })
  }
  return { manifest: parseManifest(value), manifestBytes }
}

/**
 * Opens `folder/{manifest.json,blobs/}` and checks every blob. Throws `manifest-invalid`, `manifest-version-unsupported`,
 * `blob-missing`, `blob-truncated` or `blob-altered`; the details name the file.
 */
export async function openBundle(folder: string): Promise<StoredBundle> {
  const { manifest, manifestBytes } = await readManifest(folder)
  const refs = new Map(blobsOf(manifest).map(({ ref }) => [ref.sha256, ref]))
  /** Modification time and size of each file when it was found to be right. */
  const checked = new Map<string, string>()

  const withBlob = async <Result>(sha256: string, use: (file: FileHandle, ref: BlobRef) => Promise<Result>): Promise<Result> => {
    const ref = refs.get(sha256)
    if (ref === undefined) {
      throw new CacheNetError('blob-unknown', `The bundle ${manifest.id} names no such blob. Load its manifest again.`, { sha256 })
    }
    const file = await openFile(folder, ref)
    try {
      return await use(file, ref)
    } catch (thrown) {
      await file.close()
      throw thrown
    }
  }
  const stamp = async (file: FileHandle): Promise<string> => {
    const { mtimeMs, size, ino } = await file.stat()
    return [mtimeMs, size, ino].join()
  }

  const readBlob = (sha256: string): Promise<Uint8Array<ArrayBuffer>> =>
    withBlob(sha256, async (file, ref) => {
      const before = await stamp(file)
      const bytes = await readChecked(file, ref)
      checked.set(sha256, before)
      await file.close()
      return bytes
    })

  const openBlob = async (sha256: string): Promise<OpenBlob> => {
    const isSame = (file: FileHandle): Promise<boolean> => stamp(file).then((now) => now === checked.get(sha256))
    const opened = await withBlob(sha256, async (file, ref) => {
      if (await isSame(file)) return { file, bytes: ref.bytes }
      await file.close()
      return undefined
    })
    if (opened !== undefined) return opened
    // Somebody touched the file: it is sent only if its content is still the right one.
    await readBlob(sha256)
    return withBlob(sha256, (file, ref) => Promise.resolve({ file, bytes: ref.bytes }))
  }

  for (const sha256 of refs.keys()) await readBlob(sha256)
  const manifestEtag = `"${createHash('sha256').update(manifestBytes).digest('hex')}"`
  return { manifest, manifestBytes, manifestEtag, openBlob, readBlob }
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyBlob } from '../../core/bundle/hash.ts'
import { blobsOf, parseManifest, type BlobRef, type Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/**
 * One version of a bundle, checked and held in memory: whatever happens to its folder, it is served whole until the next
 * version takes over. A bundle is a few megabytes.
 */
export interface StoredBundle {
  /** Names this version: the id, and the beginning of the manifest's hash. */
  readonly key: string
  readonly manifest: Manifest
  /** The manifest as it lies on disk. */
  readonly manifestBytes: Uint8Array<ArrayBuffer>
  /** Strong: quoted SHA-256 of `manifestBytes`. */
  readonly manifestEtag: string
  /** Content of a blob. Throws `blob-unknown` for a hash that the manifest does not name. */
  blob(sha256: string): Uint8Array<ArrayBuffer>
}

/** Inside the bundle: what goes into an error may be sent to anybody, and tells nothing of the machine. */
const blobName = (ref: BlobRef): string => `blobs/${ref.sha256}.bin`

const why = {
  'blob-truncated': 'has another length than the manifest says',
  'blob-altered': 'is not what the manifest names',
} as const

async function readBlob(folder: string, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(
    await readFile(join(folder, blobName(ref))).catch((cause: unknown) => {
      throw new CacheNetError(
        'blob-missing',
        `The file ${blobName(ref)}, which the manifest names, cannot be read. Copy the bundle again, or train it again.`,
        { file: blobName(ref) },
        { cause },
      )
    }),
  )
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
 * Reads `folder/{manifest.json,blobs/}` and checks every blob. Throws `manifest-invalid`, `manifest-version-unsupported`,
 * `blob-missing`, `blob-truncated` or `blob-altered`; the details name the file.
 */
export async function openBundle(folder: string): Promise<StoredBundle> {
  const { manifest, manifestBytes } = await readManifest(folder)
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const { ref } of blobsOf(manifest)) blobs.set(ref.sha256, await readBlob(folder, ref))
  const hash = createHash('sha256').update(manifestBytes).digest('hex')
  return {
    key: `${manifest.id}@${hash.slice(0, 12)}`,
    manifest,
    manifestBytes,
    manifestEtag: `"${hash}"`,
    blob(sha256) {
      const bytes = blobs.get(sha256)
      if (bytes !== undefined) return bytes
      throw new CacheNetError('blob-unknown', `The bundle ${manifest.id} names no such blob. Load its manifest again.`, { sha256 })
    },
  }
}

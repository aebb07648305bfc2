import { createHash } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyBlob } from '../../core/bundle/hash.ts'
import { isGraph } from '../../core/bundle/full-network.ts'
import type { BlobRef } from '../../core/bundle/blob-ref.ts'
import { blobsOf, type BlobRole } from '../../core/bundle/manifest-blobs.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/**
 * One version of a bundle, checked and held in memory: whatever happens to its folder, it is served whole
 * until the next version takes over. A bundle is a few megabytes, and more where somebody
 * brought its full model.
 */
export interface StoredBundle {
  /** Names this version: the id, and the beginning of the manifest's hash. */
  readonly key: string
  readonly manifest: Manifest
  /** The manifest as it lies on disk. */
  readonly manifestBytes: Uint8Array<ArrayBuffer>
  /** SHA-256 of `manifestBytes`, in hexadecimal. */
  readonly manifestHash: string
  /** Strong: quoted SHA-256 of `manifestBytes`. */
  readonly manifestEtag: string
  /** Whether the manifest names a blob. */
  has(sha256: string): boolean
  /** Content of a blob. Throws `blob-unknown` for a hash that the manifest does not name. */
  blob(sha256: string): Uint8Array<ArrayBuffer>
}

/** Inside the bundle: what goes into an error may be sent to anybody, and tells nothing of the machine. */
const blobName = (ref: BlobRef): string => `blobs/${ref.sha256}.bin`

const why = {
  'blob-truncated': 'has another length than the manifest says',
  'blob-altered': 'is not what the manifest names',
} as const

/** A manifest is some kilobytes. */
const mostManifestBytes = 16 * 2 ** 20

/**
 * Reads a file that is one, and no longer than it may be: opening a pipe waits for ever, and a huge file
 * fills the memory.
 */
async function readPlainFile(path: string, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const facts = await stat(path)
  if (!facts.isFile()) throw new RangeError('It is no file.')
  // One byte more than there may be, so that what is too long is seen to be.
  return facts.size <= mostBytes ? new Uint8Array(await readFile(path)) : readStart(path, mostBytes + 1)
}

async function readStart(path: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(bytes), 0, bytes)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Exponents of all ones are infinities and what is no number. Weights are half floats, little endian. */
function requireFinite(bytes: Uint8Array, file: string): void {
  const allOnes = 0x7c
  for (let at = 1; at < bytes.length; at += 2) {
    if (((bytes[at] ?? 0) & allOnes) !== allOnes) continue
    throw new CacheNetError(
      'weights-not-finite',
      `The file ${file} has a weight that is no finite number. Train the bundle again.`,
      { file, value: (at - 1) / 2 },
    )
  }
}

async function readBlob(folder: string, ref: BlobRef, isWeights: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readPlainFile(join(folder, blobName(ref)), ref.bytes).catch((cause: unknown) => {
    throw new CacheNetError(
      'blob-missing',
      `The file ${blobName(ref)}, which the manifest names, cannot be read. Copy the bundle again, or train it again.`,
      { file: blobName(ref) },
      { cause },
    )
  })
  try {
    await verifyBlob(bytes, ref)
  } catch (thrown) {
    const error = CacheNetError.from(thrown)
    if (error.code !== 'blob-truncated' && error.code !== 'blob-altered') throw error
    throw new CacheNetError(
      error.code,
      `The file ${blobName(ref)} ${why[error.code]}. Copy the bundle again, or train it again.`,
      {
        ...error.details,
        file: blobName(ref),
      },
    )
  }
  if (isWeights) requireFinite(bytes, blobName(ref))
  return bytes
}

async function readManifest(
  folder: string,
): Promise<{ manifest: Manifest; manifestBytes: Uint8Array<ArrayBuffer> }> {
  const manifestBytes = await readPlainFile(join(folder, 'manifest.json'), mostManifestBytes).catch(
    (cause: unknown) => {
      throw new CacheNetError(
        'manifest-invalid',
        'There is no manifest.json that can be read.',
        { file: 'manifest.json' },
        { cause },
      )
    },
  )
  if (manifestBytes.byteLength > mostManifestBytes) {
    throw new CacheNetError('manifest-invalid', 'The manifest is far too long to be one.', {
      file: 'manifest.json',
      mostBytes: mostManifestBytes,
    })
  }
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(manifestBytes))
  } catch (cause) {
    throw new CacheNetError(
      'manifest-invalid',
      'The manifest is not JSON; was it copied to its end?',
      { file: 'manifest.json' },
      { cause },
    )
  }
  return { manifest: parseManifest(value), manifestBytes }
}

/**
 * Reads `folder/{manifest.json,blobs/}` and checks every blob. Throws `manifest-invalid`,
 * `manifest-version-unsupported`, `blob-missing`, `blob-truncated`, `blob-altered` or `weights-not-finite`;
 * the details name the file.
 */
export async function openBundle(folder: string): Promise<StoredBundle> {
  const { manifest, manifestBytes } = await readManifest(folder)
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>()
  // A file that somebody brought is in a form of its own, and so are pictures.
  const isWeights = (role: BlobRole): boolean =>
    role !== 'licence' && role !== 'classPictures' && !(role === 'full' && isGraph(manifest.networks.full))
  for (const { role, ref } of blobsOf(manifest))
    blobs.set(ref.sha256, await readBlob(folder, ref, isWeights(role)))
  const hash = createHash('sha256').update(manifestBytes).digest('hex')
  return {
    key: `${manifest.id}@${hash.slice(0, 12)}`,
    manifest,
    manifestBytes,
    manifestHash: hash,
    manifestEtag: `"${hash}"`,
    has: (sha256) => blobs.has(sha256),
    blob(sha256) {
      const bytes = blobs.get(sha256)
      if (bytes !== undefined) return bytes
      throw new CacheNetError(
        'blob-unknown',
        `The bundle ${manifest.id} names no such blob. Load its manifest again.`,
        { sha256 },
      )
    },
  }
}

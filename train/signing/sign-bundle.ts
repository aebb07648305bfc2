import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyBlob } from '../../core/bundle/hash.ts'
import { blobsOf } from '../../core/bundle/manifest-blobs.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { signManifest, type SigningKey } from '../../core/trust/sign-manifest.ts'
import { isJsonObject, readSignature, type Signer } from '../../core/trust/signature.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { writeAtomically } from '../run/write-atomically.ts'

async function readFileOf(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(join(folder, name)))
  } catch (cause) {
    throw new CacheNetError(
      'blob-missing',
      `The file ${name} of the bundle in ${folder} cannot be read. Nothing was signed.`,
      { folder, file: name },
      { cause },
    )
  }
}

async function readManifestJson(folder: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readFileOf(folder, 'manifest.json'))
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CacheNetError(
      'manifest-invalid',
      `The manifest in ${folder} is not JSON. Nothing was signed.`,
      { folder },
      { cause },
    )
  }
}

/**
 * Signs a bundle that is there, in place of the signature that it had; nothing else of its manifest changes.
 * It counts as the newest version from now on. Rejects with `manifest-…` and `blob-…` where the bundle is not
 * whole: what is signed is vouched for.
 */
export async function signBundle(folder: string, key: SigningKey, nowMs: number): Promise<Signer> {
  const before = await readManifestJson(folder)
  const manifest = parseManifest(before)
  for (const { ref } of blobsOf(manifest))
    await verifyBlob(await readFileOf(folder, `blobs/${ref.sha256}.bin`), ref)
  if (!isJsonObject(before))
    throw new CacheNetError('manifest-invalid', `The manifest in ${folder} is no object.`, { folder })
  const signed = signManifest(before, key, nowMs)
  const signature = readSignature(signed)
  if (signature === undefined) throw new CacheNetError('internal', 'The bundle was not signed.', { folder })
  await writeAtomically(join(folder, 'manifest.json'), `${JSON.stringify(signed, null, 2)}\n`)
  return { publicKey: signature.publicKey, revision: signature.revision }
}

/** A manifest as it goes into a folder: signed where there is a key, and newer than what lies there. */
export async function signedForFolder(
  manifest: Readonly<Record<string, unknown>>,
  folder: string,
  key: SigningKey | undefined,
): Promise<object> {
  if (key === undefined) return manifest
  const before = await readManifestJson(folder).catch(() => undefined)
  return signManifest(manifest, key, Date.now(), before)
}

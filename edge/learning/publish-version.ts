import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { blobsOf } from '../../core/bundle/manifest-blobs.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import type { EncodedManifest, HashOf } from '../../core/places/learned-bundle.ts'
import { signManifest, type SigningKey } from '../../core/trust/sign-manifest.ts'
import { isJsonObject, readSignature } from '../../core/trust/signature.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { BundleStore } from '../bundles/store.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { requireHeld, type Keepership } from './keepership.ts'
import { writeByRename } from './write-by-rename.ts'

export const hashOf: HashOf = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** Files that a manifest needs: what it names, and what comes back when a place is forgotten. */
function filesOf(manifest: Manifest): Set<string> {
  const replaced = manifest.partitions.flatMap(({ learned }) =>
    learned?.replaced === undefined
      ? []
      : [
          learned.replaced.whole.sha256,
          ...(learned.replaced.delta === undefined ? [] : [learned.replaced.delta.sha256]),
        ],
  )
  return new Set([...blobsOf(manifest).map(({ ref }) => ref.sha256), ...replaced])
}

/** Why this edge may not publish a version of a bundle, in a sentence; undefined where it may. */
export function whyNotPublished(
  { manifestBytes }: StoredBundle,
  key: SigningKey | undefined,
): string | undefined {
  const before: unknown = JSON.parse(new TextDecoder().decode(manifestBytes))
  const signature = isJsonObject(before) ? readSignature(before) : undefined
  if (signature === undefined || signature.publicKey === key?.publicKey) return undefined
  return 'This bundle is signed, and phones hold to its key: give the edge the same key with --learn-key.'
}

/** The manifest of a bundle as it is served, and its encoder's weights. */
export function encodedOf(bundle: StoredBundle): EncodedManifest {
  const { manifest } = bundle
  if (manifest.encoder === undefined)
    throw new CacheNetError('manifest-invalid', 'A bundle without an encoder learns no place.', {})
  return { manifest, encoder: bundle.blob(manifest.encoder.whole.sha256) }
}

export interface Publishing {
  readonly store: BundleStore
  readonly bundlesFolder: string
  readonly key: SigningKey | undefined
  /** Left out where this edge alone writes into the folder. */
  readonly keepership?: Keepership | undefined
}

/**
 * Publishes the next version of a bundle: blobs first, then the manifest by renaming, then the store takes it
 * like any new version. Where the store refuses it, the version before is back. Throws `bundle-changed` where
 * somebody else replaced the bundle meanwhile, `storage-failed` where the folder cannot be written,
 * `config-invalid` where this edge may not sign it, `aborted` where another edge
 * keeps the places by now.
 *
 * @param blobs that are new, by their hash
 */
export async function publishVersion(
  { store, bundlesFolder, key, keepership }: Publishing,
  bundle: StoredBundle,
  { manifest, encoder }: EncodedManifest,
  blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const { id } = bundle.manifest
  const trouble = whyNotPublished(bundle, key)
  if (trouble !== undefined) throw new CacheNetError('config-invalid', trouble, { bundle: id })
  const folder = join(bundlesFolder, id)
  const path = join(folder, 'manifest.json')
  const before = await readFile(path)
  if (hashOf(new Uint8Array(before)) !== bundle.manifestHash || store.get(id).key !== bundle.key)
    throw new CacheNetError(
      'bundle-changed',
      `The bundle ${id} was replaced meanwhile. Nothing was changed.`,
      {
        bundle: id,
      },
    )
  const unsigned = { ...manifest }
  const lying: unknown = JSON.parse(before.toString('utf8'))
  const written = key === undefined ? unsigned : signManifest(unsigned, key, Date.now(), lying)
  const text = `${JSON.stringify(written, null, 2)}\n`
  const hash = hashOf(new TextEncoder().encode(text))
  try {
    for (const [sha256, bytes] of [...blobs, [hashOf(encoder), encoder] as const])
      await writeByRename(join(folder, 'blobs', `${sha256}.bin`), bytes)
    // Last before the one step that counts: whoever lost the keepership meanwhile changes nothing.
    if (keepership !== undefined) {
      await keepership.confirm()
      requireHeld(keepership)
    }
    await writeByRename(path, text)
  } catch (cause) {
    if (cause instanceof CacheNetError) throw cause
    throw new CacheNetError(
      'storage-failed',
      `The folder of the bundle ${id} cannot be written. What is served is as it was.`,
      { bundle: id },
      { cause },
    )
  }
  // A look that is under way may have come before the manifest.
  await store.refresh()
  await store.refresh()
  if (store.get(id).manifestHash !== hash) {
    // Somebody else may have replaced it by now: theirs stays.
    if (hashOf(new Uint8Array(await readFile(path))) === hash) await writeByRename(path, before)
    await store.refresh()
    throw new CacheNetError(
      'bundle-unreadable',
      `The edge refuses what was learned of ${id}; its log says why.`,
      {
        bundle: id,
      },
    )
  }
  const kept = filesOf(manifest)
  for (const sha256 of filesOf(bundle.manifest))
    if (!kept.has(sha256)) await rm(join(folder, 'blobs', `${sha256}.bin`), { force: true })
  await store.refresh()
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SampleBundle } from '../../core/testing/sample-bundle.ts'
import { signManifest, type SigningKey } from '../../core/trust/sign-manifest.ts'

/** A fresh folder in the system's place for such things, and how to be rid of it. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

export interface Signing {
  readonly key: SigningKey
  /** When it is signed: which version it is. */
  readonly atMs: number
}

/**
 * Writes a bundle as training does, signed where somebody signs it; its folder is called like its id. Returns
 * that folder.
 */
export async function writeBundle(
  bundlesFolder: string,
  { manifest, blobs }: SampleBundle,
  signing?: Signing,
): Promise<string> {
  const folder = join(bundlesFolder, manifest.id)
  await mkdir(join(folder, 'blobs'), { recursive: true })
  for (const [sha256, bytes] of blobs) await writeFile(join(folder, 'blobs', `${sha256}.bin`), bytes)
  const written = signing === undefined ? manifest : signManifest({ ...manifest }, signing.key, signing.atMs)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(written, null, 2))
  return folder
}

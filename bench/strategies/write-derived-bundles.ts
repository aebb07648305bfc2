import { link, mkdir, copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blobsOf } from '../../core/bundle/manifest-blobs.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { deriveBundle } from './derive-bundle.ts'
import type { Played } from './strategy.ts'

/**
 * Writes the bundles of some strategies beside one another into a folder. Returns their ids. Blobs they share
 * are links where that is possible.
 */
export async function writeDerivedBundles(
  bundleFolder: string,
  names: readonly Played[],
  into: string,
): Promise<{ original: Manifest; ids: ReadonlyMap<Played, string> }> {
  const original = parseManifest(JSON.parse(await readFile(join(bundleFolder, 'manifest.json'), 'utf8')))
  const pathOf = (sha256: string): string => join(bundleFolder, 'blobs', `${sha256}.bin`)
  const ids = new Map<Played, string>()
  for (const strategy of names) {
    const { manifest, newBlobs } = await deriveBundle(strategy, original)
    const blobs = join(into, manifest.id, 'blobs')
    await mkdir(blobs, { recursive: true })
    for (const { ref } of blobsOf(manifest)) {
      const target = join(blobs, `${ref.sha256}.bin`)
      const bytes = newBlobs.get(ref.sha256)
      // Two names for one content (a mask that changes nothing) are one file.
      if (bytes !== undefined) await writeFile(target, bytes)
      else await link(pathOf(ref.sha256), target).catch(() => copyFile(pathOf(ref.sha256), target))
    }
    await writeFile(join(into, manifest.id, 'manifest.json'), JSON.stringify(manifest))
    ids.set(strategy, manifest.id)
  }
  return { original, ids }
}

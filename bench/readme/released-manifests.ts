import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'

/** Manifests of the bundles in a folder, by their names. */
export async function releasedManifests(folder = 'public/bundles'): Promise<Manifest[]> {
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async (name) =>
      parseManifest(JSON.parse(await readFile(join(folder, name, 'manifest.json'), 'utf8'))),
    ),
  )
}

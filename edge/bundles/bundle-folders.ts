import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'
import { openBundle, type StoredBundle } from './stored-bundle.ts'

/**
 * Folders that may hold a bundle each, in alphabetical order. Throws `config-invalid` where there is nothing
 * to look into.
 */
export async function listBundleFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CacheNetError(
      'config-invalid',
      `There is no folder of bundles at ${resolve(folder)}. Train one with \`npm run train\`, or name another folder with --bundles.`,
      { folder: resolve(folder) },
      { cause },
    )
  })
  // A name that starts with a dot is a bundle that is just being written.
  return entries
    .filter((entry) => !entry.name.startsWith('.') && !entry.isFile())
    .map(({ name }) => join(folder, name))
    .sort()
}

/** Opens the bundle of a folder, which must be called like the bundle. Throws as `openBundle` does. */
export async function openNamedBundle(folder: string): Promise<StoredBundle> {
  const bundle = await openBundle(folder)
  const { id } = bundle.manifest
  if (id === basename(folder)) return bundle
  throw new CacheNetError(
    'manifest-invalid',
    `The manifest calls the bundle ${id}; rename its folder to that.`,
    { folder: basename(folder), id },
  )
}

async function stamp(path: string): Promise<string> {
  const facts = await stat(path).catch(() => undefined)
  return facts === undefined ? 'none' : [facts.mtimeMs, facts.size, facts.ino].join()
}

/**
 * Changes whenever a file of the bundle does: cheap enough to be asked every other second, on any file
 * system.
 */
export async function folderStamp(folder: string): Promise<string> {
  const blobs = join(folder, 'blobs')
  const names = await readdir(blobs).catch((): string[] => [])
  // One after the other: on a drive that hangs, each would hold one of the few threads that all files share.
  const stamps: string[] = []
  for (const path of [join(folder, 'manifest.json'), ...names.sort().map((name) => join(blobs, name))])
    stamps.push(await stamp(path))
  return `${names.join()} ${stamps.join(' ')}`
}

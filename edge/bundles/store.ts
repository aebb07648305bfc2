import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import { openBundle, type StoredBundle } from './stored-bundle.ts'

export interface BundleStore {
  readonly defaultBundle: string
  /** By id, in alphabetical order; never empty. */
  readonly bundles: readonly StoredBundle[]
  /** Throws `bundle-unknown`. */
  get(id: string): StoredBundle
}

export interface StoreOptions {
  readonly folder: string
  /** The bundle that a page opens with when nobody chose: `walkers` where it is there, otherwise the first. */
  readonly defaultBundle?: string | undefined
  readonly log: Logger
}

const preferredBundle = 'walkers'

async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CacheNetError(
      'config-invalid',
      `There is no folder of bundles at ${resolve(folder)}. Train one with \`npm run train\`, or name another folder with --bundles.`,
      { folder: resolve(folder) },
      { cause },
    )
  })
  // A name that starts with a dot is a bundle that is just being written.
  return entries.filter((entry) => !entry.name.startsWith('.') && !entry.isFile()).map(({ name }) => join(folder, name)).sort()
}

async function openNamed(folder: string): Promise<StoredBundle> {
  const bundle = await openBundle(folder)
  const { id } = bundle.manifest
  if (id === basename(folder)) return bundle
  throw new CacheNetError('manifest-invalid', `The manifest calls the bundle ${id}; rename its folder to that.`, { folder: basename(folder), id })
}

async function openAll(folder: string, log: Logger): Promise<StoredBundle[]> {
  const opened: StoredBundle[] = []
  for (const path of await listFolders(folder)) {
    try {
      opened.push(await openNamed(path))
    } catch (thrown) {
      const { code, message, details } = CacheNetError.from(thrown)
      log.error({ bundle: basename(path), code, details }, `refused the bundle ${basename(path)}: ${message}`)
    }
  }
  return opened
}

/**
 * Opens every bundle of a folder. A broken one is refused and named in the log, and the others are served.
 * Throws `config-invalid` where none is left, or where the default is not among them.
 */
export async function openBundleStore({ folder, defaultBundle, log }: StoreOptions): Promise<BundleStore> {
  const bundles = await openAll(folder, log)
  const byId = new Map(bundles.map((bundle) => [bundle.manifest.id, bundle]))
  const first = bundles[0]?.manifest.id
  if (first === undefined) {
    throw new CacheNetError(
      'config-invalid',
      `No bundle in ${resolve(folder)} can be served. Train one with \`npm run train\`, or name another folder with --bundles; what is wrong with those that are there stands above.`,
      { folder: resolve(folder) },
    )
  }
  if (defaultBundle !== undefined && !byId.has(defaultBundle)) {
    throw new CacheNetError('config-invalid', `There is no bundle ${defaultBundle} to open with; there are: ${[...byId.keys()].join(', ')}.`, {
      defaultBundle,
      bundles: [...byId.keys()],
    })
  }
  return {
    bundles,
    defaultBundle: defaultBundle ?? (byId.has(preferredBundle) ? preferredBundle : first),
    get(id) {
      const bundle = byId.get(id)
      if (bundle !== undefined) return bundle
      throw new CacheNetError('bundle-unknown', `This edge has no bundle of that name; it has: ${[...byId.keys()].join(', ')}.`, {
        bundles: [...byId.keys()],
      })
    },
  }
}

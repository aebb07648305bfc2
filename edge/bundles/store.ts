import { basename, resolve } from 'node:path'
import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import { folderStamp, listBundleFolders, openNamedBundle } from './bundle-folders.ts'
import type { StoredBundle } from './stored-bundle.ts'

export interface BundleStore {
  /** What a page opens with when nobody chose. */
  readonly defaultBundle: string
  /** By id, in alphabetical order; never empty. */
  readonly bundles: readonly StoredBundle[]
  /** Throws `bundle-unknown`. */
  get(id: string): StoredBundle
  /**
   * Looks into the folder again: publishes new bundles and new versions, each whole or not at all, and takes away those that
   * are gone. What is broken is refused and named in the log, and the version before goes on being served. Never rejects.
   */
  refresh(): Promise<void>
}

export interface StoreOptions {
  readonly folder: string
  /** The bundle that a page opens with when nobody chose: `walkers` where it is there, otherwise the first. */
  readonly defaultBundle?: string | undefined
  readonly log: Logger
  /** Called before a version is published; one that it rejects is refused. */
  readonly prepare?: (bundle: StoredBundle) => Promise<void>
  /** Called once a version is published no more. */
  readonly retire?: (bundle: StoredBundle) => void
}

interface Place {
  /** The version that is served. */
  readonly bundle?: StoredBundle | undefined
  /** Of the files that were looked at last, whether they were served or refused. */
  readonly stamp: string
  /** How often in a row the folder was not there: a folder that is being replaced is away for a moment. */
  readonly misses: number
}

const preferredBundle = 'walkers'
const missesUntilGone = 2

/**
 * Opens every bundle of a folder. A broken one is refused and named in the log, and the others are served.
 * Throws `config-invalid` where none is left, or where the default is not among them.
 */
export async function openBundleStore({ folder, defaultBundle, log, prepare, retire }: StoreOptions): Promise<BundleStore> {
  const places = new Map<string, Place>()
  /** Of what is served; replaced as a whole, so that nobody ever sees half a change. */
  let published: ReadonlyMap<string, StoredBundle> = new Map()
  let refreshing: Promise<void> | undefined

  const publish = (): void => {
    const before = published
    const served = [...places.values()].flatMap(({ bundle }) => (bundle === undefined ? [] : [bundle]))
    published = new Map(served.sort((a, b) => (a.manifest.id < b.manifest.id ? -1 : 1)).map((bundle) => [bundle.manifest.id, bundle]))
    for (const bundle of before.values()) if (published.get(bundle.manifest.id) !== bundle) retire?.(bundle)
  }

  const look = async (path: string): Promise<void> => {
    const place = places.get(path)
    const stamp = await folderStamp(path)
    if (place?.stamp === stamp) {
      places.set(path, { ...place, misses: 0 })
      return
    }
    let bundle = place?.bundle
    try {
      const found = await openNamedBundle(path)
      if (found.key !== bundle?.key) {
        await prepare?.(found)
        log.info({ bundle: found.manifest.id, version: found.key, replaces: bundle?.key }, `serves the bundle ${found.manifest.id}`)
        bundle = found
      }
    } catch (thrown) {
      const { code, message, details } = CacheNetError.from(thrown)
      const still = bundle === undefined ? '' : '; its version before goes on being served'
      log.error({ bundle: basename(path), code, details, serves: bundle?.key }, `refused the bundle ${basename(path)}${still}: ${message}`)
    }
    places.set(path, { bundle, stamp, misses: 0 })
    publish()
  }

  const takeAway = (paths: readonly string[]): void => {
    for (const [path, place] of [...places].filter(([known]) => !paths.includes(known))) {
      const isLast = place.bundle !== undefined && published.size === 1
      if (place.misses + 1 < missesUntilGone || isLast) places.set(path, { ...place, stamp: 'gone', misses: place.misses + 1 })
      else {
        places.delete(path)
        log.info({ bundle: basename(path) }, `the bundle ${basename(path)} is gone and served no more`)
      }
    }
    publish()
  }

  const lookAround = async (): Promise<void> => {
    const paths = await listBundleFolders(folder)
    for (const path of paths) await look(path)
    takeAway(paths)
  }

  await lookAround()
  const ids = (): string[] => [...published.keys()]
  if (published.size === 0) {
    throw new CacheNetError(
      'config-invalid',
      `No bundle in ${resolve(folder)} can be served. Train one with \`npm run train\`, or name another folder with --bundles; what is wrong with those that are there stands above.`,
      { folder: resolve(folder) },
    )
  }
  if (defaultBundle !== undefined && !published.has(defaultBundle)) {
    throw new CacheNetError('config-invalid', `There is no bundle ${defaultBundle} to open with; there are: ${ids().join(', ')}.`, {
      defaultBundle,
      bundles: ids(),
    })
  }
  return {
    get bundles() {
      return [...published.values()]
    },
    get defaultBundle() {
      return [defaultBundle, preferredBundle].find((id) => id !== undefined && published.has(id)) ?? ids()[0] ?? ''
    },
    get(id) {
      const bundle = published.get(id)
      if (bundle !== undefined) return bundle
      throw new CacheNetError('bundle-unknown', `This edge has no bundle of that name; it has: ${ids().join(', ')}.`, { bundles: ids() })
    },
    refresh() {
      refreshing ??= lookAround()
        .catch((thrown: unknown) => log.error({ err: thrown }, 'the folder of bundles cannot be read; what was read before is served'))
        .finally(() => (refreshing = undefined))
      return refreshing
    },
  }
}

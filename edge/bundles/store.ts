import { basename, resolve } from 'node:path'
import type { Logger } from 'pino'
import { CacheNetError, type ErrorCode } from '../../core/wire/errors.ts'
import { folderStamp, listBundleFolders, openNamedBundle } from './bundle-folders.ts'
import { createPatience } from './patience.ts'
import type { StoredBundle } from './stored-bundle.ts'

export interface BundleStore {
  /** What a page opens with when nobody chose. */
  readonly defaultBundle: string
  /** By id, in alphabetical order; never empty. */
  readonly bundles: readonly StoredBundle[]
  /** Throws `bundle-unknown`. */
  get(id: string): StoredBundle
  /**
   * Content of a blob, also of a version that was replaced not long ago: a page that holds its manifest is
   * still loading. Throws `bundle-unknown` or `blob-unknown`.
   */
  blob(id: string, sha256: string): Uint8Array<ArrayBuffer>
  /** Whether a version is served. */
  isServed(key: string): boolean
  /**
   * Looks into the folder again: publishes new bundles and new versions, each whole or not at all, and takes
   * away those that are gone. What is broken is refused and named in the log, and the version before goes on
   * being served. Never rejects.
   */
  refresh(): Promise<void>
}

export interface StoreOptions {
  readonly folder: string
  /**
   * The bundle that a page opens with when nobody chose: `walkers` where it is there, otherwise the first.
   */
  readonly defaultBundle?: string | undefined
  readonly log: Logger
  /** Called before a version is published; one that it rejects is refused. */
  readonly prepare?: (bundle: StoredBundle) => Promise<unknown>
  /** Called once a version is published no more; it may be again. */
  readonly retire?: (bundle: StoredBundle) => void
  /** How long the blobs of a version that was replaced are kept. */
  readonly keepReplacedMs?: number
  /** Longest that the files of one bundle may take to be read. */
  readonly readLimitMs?: number
}

interface Place {
  /** The version that is served. */
  readonly bundle?: StoredBundle | undefined
  /** Of the files that were looked at last, whether they were served or refused. */
  readonly stamp: string
  /** How often in a row the folder was not there: a folder that is being replaced is away for a moment. */
  readonly misses: number
}

/** What the demo can show, the one with more to show first. */
const preferredBundles = ['people', 'walkers']
const missesUntilGone = 2
/** What is no fault of the files: it is tried again with every look. */
const passingFaults: ReadonlySet<ErrorCode> = new Set(['bundle-unreadable', 'worker-crashed', 'edge-timeout'])
/** Stands for the stamp of what is tried again. */
const unreadable = 'unreadable'
const mostReplacedKept = 2

interface Replaced {
  readonly bundle: StoredBundle
  readonly until: number
}

/**
 * Opens every bundle of a folder. A broken one is refused and named in the log, and the others are served.
 * Throws `config-invalid` where none is left, or where the default is not among them.
 */
export async function openBundleStore(options: StoreOptions): Promise<BundleStore> {
  const {
    folder,
    defaultBundle,
    log,
    prepare,
    retire,
    keepReplacedMs = 600_000,
    readLimitMs = 30_000,
  } = options
  const patience = createPatience(readLimitMs)
  const places = new Map<string, Place>()
  /** Of what is served; replaced as a whole, so that nobody ever sees half a change. */
  let published: ReadonlyMap<string, StoredBundle> = new Map()
  /** By id, the last first. */
  const replaced = new Map<string, readonly Replaced[]>()
  let refreshing: Promise<void> | undefined
  /** Of the folder as a whole, so that the log says it once. */
  let trouble: string | undefined

  const keepReplaced = (bundle: StoredBundle): void => {
    const { id } = bundle.manifest
    replaced.set(
      id,
      [{ bundle, until: Date.now() + keepReplacedMs }, ...(replaced.get(id) ?? [])].slice(
        0,
        mostReplacedKept,
      ),
    )
  }
  const forgetReplaced = (): void => {
    for (const [id, versions] of replaced) {
      const kept = versions.filter(({ until }) => published.has(id) && until > Date.now())
      if (kept.length > 0) replaced.set(id, kept)
      else replaced.delete(id)
    }
  }

  const publish = (): void => {
    const before = published
    const served = [...places.values()].flatMap(({ bundle }) => (bundle === undefined ? [] : [bundle]))
    published = new Map(
      served
        .sort((a, b) => (a.manifest.id < b.manifest.id ? -1 : 1))
        .map((bundle) => [bundle.manifest.id, bundle]),
    )
    for (const bundle of before.values()) {
      if (published.get(bundle.manifest.id) === bundle) continue
      keepReplaced(bundle)
      retire?.(bundle)
    }
    forgetReplaced()
  }

  const refuse = (path: string, thrown: unknown, serves: StoredBundle | undefined): void => {
    const { code, message, details } = CacheNetError.from(thrown)
    const still = serves === undefined ? '' : '; its version before goes on being served'
    log.error(
      { bundle: basename(path), code, details, serves: serves?.key },
      `refused the bundle ${basename(path)}${still}: ${message}`,
    )
  }

  /**
   * What is in a folder, where that is not what was looked at last. Throws as `openNamedBundle` does, and
   * `bundle-unreadable`.
   */
  const read = (
    path: string,
    known: string | undefined,
  ): Promise<{ stamp: string; open: () => Promise<StoredBundle> } | undefined> =>
    patience.wait(path, async () => {
      const stamp = await folderStamp(path)
      return stamp === known
        ? undefined
        : { stamp, open: () => patience.wait(path, () => openNamedBundle(path)) }
    })

  const look = async (path: string): Promise<void> => {
    const place = places.get(path)
    let bundle = place?.bundle
    let stamp = unreadable
    try {
      const found = await read(path, place?.stamp)
      if (found === undefined) {
        if (place !== undefined) places.set(path, { ...place, misses: 0 })
        return
      }
      ;({ stamp } = found)
      const opened = await found.open()
      if (opened.key !== bundle?.key) {
        await prepare?.(opened)
        log.info(
          { bundle: opened.manifest.id, version: opened.key, replaces: bundle?.key },
          `serves the bundle ${opened.manifest.id}`,
        )
        bundle = opened
      }
    } catch (thrown) {
      const mayPass = passingFaults.has(CacheNetError.from(thrown).code)
      if (mayPass) stamp = unreadable
      // It is asked for again with every look, and said once.
      if (!mayPass || place?.stamp !== unreadable) refuse(path, thrown, bundle)
    }
    places.set(path, { bundle, stamp, misses: 0 })
    publish()
  }

  const takeAway = (paths: readonly string[]): void => {
    for (const [path, place] of [...places].filter(([known]) => !paths.includes(known))) {
      const isLast = place.bundle !== undefined && published.size === 1
      if (place.misses + 1 < missesUntilGone || isLast)
        places.set(path, { ...place, stamp: 'gone', misses: place.misses + 1 })
      else {
        places.delete(path)
        log.info({ bundle: basename(path) }, `the bundle ${basename(path)} is gone and served no more`)
      }
    }
    publish()
  }

  const lookAround = async (): Promise<void> => {
    const paths = await patience.wait(folder, () => listBundleFolders(folder))
    for (const path of paths) await look(path)
    takeAway(paths)
    trouble = undefined
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
    throw new CacheNetError(
      'config-invalid',
      `There is no bundle ${defaultBundle} to open with; there are: ${ids().join(', ')}.`,
      {
        defaultBundle,
        bundles: ids(),
      },
    )
  }
  const get = (id: string): StoredBundle => {
    const bundle = published.get(id)
    if (bundle !== undefined) return bundle
    throw new CacheNetError(
      'bundle-unknown',
      `This edge has no bundle of that name; it has: ${ids().join(', ')}.`,
      { bundles: ids() },
    )
  }
  return {
    get bundles() {
      return [...published.values()]
    },
    get defaultBundle() {
      return (
        [defaultBundle, ...preferredBundles].find((id) => id !== undefined && published.has(id)) ??
        ids()[0] ??
        ''
      )
    },
    get,
    blob(id, sha256) {
      const bundle = get(id)
      const versions = [bundle, ...(replaced.get(id) ?? []).map(({ bundle: version }) => version)]
      return (versions.find((version) => version.has(sha256)) ?? bundle).blob(sha256)
    },
    isServed: (key) => [...published.values()].some((bundle) => bundle.key === key),
    refresh() {
      refreshing ??= lookAround()
        .catch((thrown: unknown) => {
          const { code } = CacheNetError.from(thrown)
          if (trouble !== code)
            log.error({ err: thrown }, 'the folder of bundles cannot be read; what was read before is served')
          trouble = code
        })
        .finally(() => (refreshing = undefined))
      return refreshing
    },
  }
}

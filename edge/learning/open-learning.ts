import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { BundleStore } from '../bundles/store.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { framesFolder, openBundlePlaces, type BundlePlaces, type LearningRules } from './bundle-places.ts'
import { incomingPath, type IncomingFrame } from './incoming-frames.ts'
import type { Learning } from './learning.ts'
import { readPictures } from './place-pictures.ts'
import type { Publishing } from './publish-version.ts'
import { createTrainingQueue } from './training-queue.ts'

export interface LearningOptions extends LearningRules {
  /** Ids of the bundles that places are learned for. */
  readonly bundles: readonly string[]
  readonly folder: string
  /** Whether kept frames may be seen by those who ask, whoever sent them; else `pictures` has none. */
  readonly showsFrames?: boolean | undefined
  readonly publishing: Publishing
  readonly log: Logger
}

/** Trainings that wait for the one that is under way. */
const mostWaiting = 8
/** Of the full model, whose answers are kept. */
const hashDigits = 16

/** Where what was kept of a bundle lies, with the answers of one full model. */
export const bundleFolder = (folder: string, bundleId: string, fullSha256: string): string =>
  join(folder, bundleId, fullSha256.slice(0, hashDigits))

/** What was kept with the answers of another full model is of no use: it sees other things. */
async function deleteOthers(own: string): Promise<void> {
  const parent = dirname(own)
  for (const other of await readdir(parent).catch(() => [] as string[]))
    if (other !== basename(own)) await rm(join(parent, other), { recursive: true, force: true })
}

/** Throws `config-invalid` where the edge has no such bundle. */
export function requireBundle({ bundles }: Pick<BundleStore, 'bundles'>, bundleId: string): StoredBundle {
  const stored = bundles.find(({ manifest }) => manifest.id === bundleId)
  if (stored !== undefined) return stored
  throw new CacheNetError('config-invalid', `There is no bundle ${bundleId} to learn places for.`, {
    bundle: bundleId,
  })
}

/**
 * Kept frames of a place as pictures, by the names of their files.
 *
 * @param folder of all bundles
 */
export const picturesOf = (
  folder: string,
  { manifest }: Pick<StoredBundle, 'manifest'>,
  placeId: string,
  files: readonly string[],
): ReturnType<typeof readPictures> => {
  const frames = framesFolder(bundleFolder(folder, manifest.id, manifest.full.whole.sha256))
  return readPictures(
    files.map((file) => join(frames, placeId, file)),
    manifest.input,
  )
}

/** What is asked of a bundle that no places are learned for. */
export const learningOff = (bundleId: string): CacheNetError =>
  new CacheNetError(
    'learning-off',
    'This edge learns no places for this bundle. Start it with --learn to switch that on.',
    { bundle: bundleId },
  )

/** Learning in this process, which takes frames that other edges laid into the folder, too. */
export interface KeptLearning extends Learning {
  /** Never rejects but with `aborted`, where another edge keeps the places by now. */
  keepIncoming(bundleId: string, fullSha256: string, frame: IncomingFrame): Promise<void>
  /** Names of the files of `pictures`. */
  pictureFiles(bundleId: string, placeId: string): Promise<string[]>
}

/** What is known at once, for those who have to wait where another edge is asked. */
const later = <Result>(read: () => Result): Promise<Result> => new Promise((done) => done(read()))

/** Opens the places of some bundles. Throws `config-invalid` where the edge has no such bundle. */
export async function openLearning(options: LearningOptions): Promise<KeptLearning> {
  const { bundles, folder, publishing, log } = options
  const queue = createTrainingQueue(mostWaiting, (thrown) => log.error({ err: thrown }, 'learning failed'))
  const placesOf = new Map<string, { readonly full: string; readonly places: BundlePlaces }>()
  for (const bundleId of bundles) {
    const full = requireBundle(publishing.store, bundleId).manifest.full.whole.sha256
    const own = bundleFolder(folder, bundleId, full)
    await deleteOthers(own)
    placesOf.set(bundleId, {
      full,
      places: await openBundlePlaces({ ...options, bundleId, folder: own, queue }),
    })
  }

  const of = (bundleId: string): BundlePlaces => {
    // Throws where there is no such bundle.
    publishing.store.get(bundleId)
    const found = placesOf.get(bundleId)
    if (found !== undefined) return found.places
    throw learningOff(bundleId)
  }

  return {
    isKeeper: true,
    get framesLost() {
      return [...placesOf.values()].reduce((sum, { places }) => sum + places.framesLost, 0)
    },
    learns: (bundleId) => placesOf.has(bundleId),
    keep(frame) {
      const { manifest } = frame.bundle
      const found = placesOf.get(manifest.id)
      // Of another full model nothing is kept until the edge starts again.
      if (found?.full === manifest.full.whole.sha256) found.places.keep(frame)
    },
    async keepIncoming(bundleId, fullSha256, frame) {
      const found = placesOf.get(bundleId)
      if (found?.full === fullSha256) await found.places.keepIncoming(frame)
      else await rm(incomingPath(bundleFolder(folder, bundleId, fullSha256), frame.file), { force: true })
    },
    list: (bundleId) => later(() => of(bundleId).list()),
    report: (bundleId, placeId) => later(() => of(bundleId).report(placeId)),
    pictureFiles: (bundleId, placeId) => later(() => of(bundleId).pictureFiles(placeId)),
    async pictures(bundleId, placeId) {
      const files = of(bundleId).pictureFiles(placeId)
      if (options.showsFrames !== true) return []
      return picturesOf(folder, publishing.store.get(bundleId), placeId, files)
    },
    rename: async (bundleId, placeId, name) => of(bundleId).rename(placeId, name),
    forget: async (bundleId, placeId) => of(bundleId).forget(placeId),
    exportPlace: (bundleId, placeId) => later(() => of(bundleId).exportPlace(placeId)),
    importPlace: async (bundleId, content) => of(bundleId).importPlace(content),
    forgetAll: async (bundleId) => of(bundleId).forget(),
    async settled() {
      for (const { places } of placesOf.values()) await places.settled()
      await queue.idle()
      for (const { places } of placesOf.values()) await places.settled()
    },
    async close() {
      await queue.close()
      for (const { places } of placesOf.values()) await places.close()
    },
  }
}

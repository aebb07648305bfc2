import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { CacheNetError } from '../../core/wire/errors.ts'
import { openBundlePlaces, type BundlePlaces, type LearningRules } from './bundle-places.ts'
import type { Learning } from './learning.ts'
import type { Publishing } from './publish-version.ts'
import { createTrainingQueue } from './training-queue.ts'

export interface LearningOptions extends LearningRules {
  /** Ids of the bundles that places are learned for. */
  readonly bundles: readonly string[]
  readonly folder: string
  readonly publishing: Publishing
  readonly log: Logger
}

/** Trainings that wait for the one that is under way. */
const mostWaiting = 8
/** Of the full model, whose answers are kept. */
const hashDigits = 16

/** The folder of a bundle; what was kept with the answers of another full model is deleted. */
async function folderOf(folder: string, bundleId: string, fullSha256: string): Promise<string> {
  const own = join(folder, bundleId)
  const name = fullSha256.slice(0, hashDigits)
  for (const other of await readdir(own).catch(() => [] as string[]))
    if (other !== name) await rm(join(own, other), { recursive: true, force: true })
  return join(own, name)
}

/** Opens the places of some bundles. Throws `config-invalid` where the edge has no such bundle. */
export async function openLearning(options: LearningOptions): Promise<Learning> {
  const { bundles, folder, publishing, log } = options
  const queue = createTrainingQueue(mostWaiting, (thrown) => log.error({ err: thrown }, 'learning failed'))
  const placesOf = new Map<string, { readonly full: string; readonly places: BundlePlaces }>()
  for (const bundleId of bundles) {
    const stored = publishing.store.bundles.find(({ manifest }) => manifest.id === bundleId)
    if (stored === undefined)
      throw new CacheNetError('config-invalid', `There is no bundle ${bundleId} to learn places for.`, {
        bundle: bundleId,
      })
    const full = stored.manifest.full.whole.sha256
    const own = await folderOf(folder, bundleId, full)
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
    throw new CacheNetError(
      'learning-off',
      'This edge learns no places for this bundle. Start it with --learn to switch that on.',
      { bundle: bundleId },
    )
  }

  return {
    learns: (bundleId) => placesOf.has(bundleId),
    keep(frame) {
      const { manifest } = frame.bundle
      const found = placesOf.get(manifest.id)
      // Of another full model nothing is kept until the edge starts again.
      if (found?.full === manifest.full.whole.sha256) found.places.keep(frame)
    },
    list: (bundleId) => of(bundleId).list(),
    rename: async (bundleId, placeId, name) => of(bundleId).rename(placeId, name),
    forget: async (bundleId, placeId) => of(bundleId).forget(placeId),
    exportPlace: (bundleId, placeId) => of(bundleId).exportPlace(placeId),
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

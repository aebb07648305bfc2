import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { createRandom } from '../../core/random.ts'
import { orderSessions } from '../../core/streams/order-sessions.ts'
import { placesOfScenes } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { listAllImages, listImages, type LabelledImage, type StreamImage } from '../replay/list-images.ts'
import { orderImages } from '../replay/order-images.ts'
import { framesPerSession, gatherWorld, recordPeople, recordWalkers } from './record-images.ts'
import type { StreamPlan } from './scenario.ts'

export interface FrameSources {
  /**
   * The frames of a stream; the same for the same seed. Throws `config-invalid` where there are no images of
   * the bundle's data.
   */
  stream(manifest: Manifest, plan: StreamPlan, frames: number, seed: number): Promise<readonly StreamImage[]>
}

/**
 * A folder that holds one of each data set has the one that is called like the bundle; any other is the data
 * itself.
 */
async function folderOf(dataFolder: string, bundle: string): Promise<string> {
  const own = join(dataFolder, bundle)
  return (await stat(own).catch(() => undefined))?.isDirectory() === true ? own : dataFolder
}

async function list(
  manifest: Manifest,
  dataFolder: string,
  scratch: string,
): Promise<readonly LabelledImage[]> {
  const { id, classNames, dataset } = manifest
  if (dataset.kind === 'walkers') return recordWalkers(manifest, scratch)
  if (dataset.kind === 'people') return recordPeople(manifest, scratch)
  const folder = await folderOf(dataFolder, id)
  return dataset.kind === 'world'
    ? gatherWorld(manifest, folder, scratch)
    : (await listImages(folder, classNames)).images
}

/**
 * @param dataFolder images where they are needed, or one folder of them a bundle; people are drawn into
 * `scratch`
 */
export function createFrameSources(dataFolder: string | undefined, scratch: string): FrameSources {
  const known = new Map<string, Promise<readonly LabelledImage[]>>()
  const imagesOf = (manifest: Manifest): Promise<readonly LabelledImage[]> => {
    const { id, dataset } = manifest
    const listed = known.get(id)
    if (listed !== undefined) return listed
    if (dataset.kind !== 'walkers' && dataset.kind !== 'people' && dataFolder === undefined) {
      throw new CacheNetError(
        'config-invalid',
        `Streams of ${id} need its images: name their folder with --data, or leave ${id} out with --only.`,
        { bundle: id },
      )
    }
    const listing = list(manifest, dataFolder ?? '', join(scratch, id))
    known.set(id, listing)
    return listing
  }
  return {
    async stream(manifest, plan, frames, seed) {
      // Once: a folder that began anew would meet what its own end had cached.
      if (plan.order === 'files')
        return (await listAllImages(plan.folder, manifest.classNames)).images.slice(0, frames)
      const images = await imagesOf(manifest)
      if (plan.order === 'sessions')
        return orderSessions(images, framesPerSession, frames, createRandom(seed).fork('sessions'))
      return orderImages(images, manifest.classNames, {
        ...plan,
        frames,
        seed,
        places: placesOfScenes(manifest.scenes, manifest.classNames),
      })
    },
  }
}

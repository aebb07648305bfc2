import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { createRandom } from '../../core/random.ts'
import { orderSessions } from '../../core/streams/order-sessions.ts'
import { createWalker } from '../../core/walkers/body.ts'
import { renderWalker, walkSeconds } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import { walkerSites } from '../../core/walkers/sites.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { restoreConfig } from '../../train/config/presets.ts'
import { renderRecordings } from '../../train/data/people.ts'
import { listAllImages, listImages, type LabelledImage, type StreamImage } from '../replay/list-images.ts'
import { orderImages } from '../replay/order-images.ts'
import type { StreamPlan } from './scenario.ts'

/** Frames of one recorded session, and sessions of each person: people, clothes and places of the test, in which nothing was trained. */
const [framesPerSession, sessionsPerPerson] = [64, 2]

/**
 * Draws the walkers' test sessions into PNG files, as the camera would have recorded them: from far to near, one frame after the other.
 * Returned session by session.
 */
async function recordWalkers({ classNames, input }: Manifest, folder: string): Promise<LabelledImage[]> {
  const images: LabelledImage[] = []
  for (const [classIndex, className] of classNames.entries()) {
    const walker = createWalker(classIndex)
    await mkdir(join(folder, className), { recursive: true })
    for (let session = 0; session < sessionsPerPerson; session++) {
      const recording = createSession({ identity: classIndex, split: 'test', session })
      for (let frame = 0; frame < framesPerSession; frame++) {
        const time = (frame / framesPerSession) * walkSeconds(walker)
        const pixels = rgbaToRgb(renderWalker({ walker, session: recording, time, size: input.width }))
        const path = join(folder, className, `${session}-${String(frame).padStart(3, '0')}.png`)
        await sharp(pixels, { raw: { width: input.width, height: input.width, channels: 3 } }).png({ compressionLevel: 1 }).toFile(path)
        images.push({ path, className, classIndex })
      }
    }
  }
  return images
}

/** Sessions at each site: so many frames of people who come and go, from recordings of the test. */
const sessionsPerSite = 4

/** Draws sessions at the sites of a bundle of people into PNG files. Returned session by session. */
async function recordPeople({ classNames, input, training }: Manifest, folder: string): Promise<LabelledImage[]> {
  const config = restoreConfig(training.config)
  const { identities, sites: count, testSessions } = config.people
  const { pixels, labels } = renderRecordings('test', sessionsPerSite, framesPerSession, walkerSites(identities, count), config, testSessions)
  const bytes = input.width * input.width * 3
  const images: LabelledImage[] = []
  for (const [frame, classIndex] of labels.entries()) {
    const className = classNames[classIndex] ?? ''
    await mkdir(join(folder, className), { recursive: true })
    const path = join(folder, className, `${String(frame).padStart(5, '0')}.png`)
    const own = pixels.slice(frame * bytes, (frame + 1) * bytes)
    await sharp(own, { raw: { width: input.width, height: input.width, channels: 3 } }).png({ compressionLevel: 1 }).toFile(path)
    images.push({ path, className, classIndex })
  }
  return images
}

export interface FrameSources {
  /** The frames of a stream; the same for the same seed. Throws `config-invalid` where there are no images of the bundle's data. */
  stream(manifest: Manifest, plan: StreamPlan, frames: number, seed: number): Promise<readonly StreamImage[]>
}

/** A folder that holds one of each data set has the one that is called like the bundle; any other is the data itself. */
async function folderOf(dataFolder: string, bundle: string): Promise<string> {
  const own = join(dataFolder, bundle)
  return (await stat(own).catch(() => undefined))?.isDirectory() === true ? own : dataFolder
}

/** @param dataFolder images where they are needed, or one folder of them a bundle; people are drawn into `scratch` */
export function createFrameSources(dataFolder: string | undefined, scratch: string): FrameSources {
  const known = new Map<string, Promise<readonly LabelledImage[]>>()
  const imagesOf = (manifest: Manifest): Promise<readonly LabelledImage[]> => {
    const { id, classNames, dataset } = manifest
    const listed = known.get(id)
    if (listed !== undefined) return listed
    if (dataset.kind !== 'walkers' && dataset.kind !== 'people' && dataFolder === undefined) {
      throw new CacheNetError('config-invalid', `Streams of ${id} need its images: name their folder with --data, or leave ${id} out with --only.`, { bundle: id })
    }
    const listing =
      dataset.kind === 'walkers' ? recordWalkers(manifest, join(scratch, id))
      : dataset.kind === 'people' ? recordPeople(manifest, join(scratch, id))
      : folderOf(dataFolder ?? '', id).then((folder) => listImages(folder, classNames)).then(({ images }) => images)
    known.set(id, listing)
    return listing
  }
  return {
    async stream(manifest, plan, frames, seed) {
      // Once: a folder that began anew would meet what its own end had cached.
      if (plan.order === 'files') return (await listAllImages(plan.folder, manifest.classNames)).images.slice(0, frames)
      const images = await imagesOf(manifest)
      if (plan.order === 'sessions') return orderSessions(images, framesPerSession, frames, createRandom(seed).fork('sessions'))
      return orderImages(images, manifest.classNames, { ...plan, frames, seed })
    },
  }
}

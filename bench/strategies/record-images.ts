import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { createWalker } from '../../core/walkers/body.ts'
import { walkerNames } from '../../core/walkers/names.ts'
import { renderWalker, walkSeconds } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import { walkerSites } from '../../core/walkers/sites.ts'
import { restoreConfig } from '../../train/config/resolve-config.ts'
import { findCharacters } from '../../train/data/characters.ts'
import { renderRecordings } from '../../train/data/people.ts'
import { listImages, type LabelledImage } from '../replay/list-images.ts'

/** Frames of one recorded session. */
export const framesPerSession = 64
/**
 * Sessions of each person, and at each site: people, clothes and light of the test, in which nothing was
 * trained.
 */
const [sessionsPerPerson, sessionsPerSite] = [2, 4]
/** Nobody waits longer for the last person of a site. */
const mostSessionsPerSite = 64

/** @param pixels RGB of a square picture */
async function writePicture(path: string, pixels: Uint8Array, size: number): Promise<void> {
  await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(path)
}

/**
 * Draws the walkers' test sessions into PNG files, as the camera would have recorded them: from far to near,
 * one frame after the other. Returned session by session.
 */
export async function recordWalkers(
  { classNames, input }: Manifest,
  folder: string,
): Promise<LabelledImage[]> {
  const images: LabelledImage[] = []
  for (const [classIndex, className] of classNames.entries()) {
    const walker = createWalker(classIndex)
    await mkdir(join(folder, className), { recursive: true })
    for (let session = 0; session < sessionsPerPerson; session++) {
      const recording = createSession({ identity: classIndex, split: 'test', session })
      for (let frame = 0; frame < framesPerSession; frame++) {
        const time = (frame / framesPerSession) * walkSeconds(walker)
        const path = join(folder, className, `${session}-${String(frame).padStart(3, '0')}.png`)
        await writePicture(
          path,
          rgbaToRgb(renderWalker({ walker, session: recording, time, size: input.width })),
          input.width,
        )
        images.push({ path, className, classIndex })
      }
    }
  }
  return images
}

/**
 * Draws test sessions at the sites of a bundle that knows people into PNG files. Returned session by session.
 */
export async function recordPeople(
  { classNames, dataset, input, training }: Manifest,
  folder: string,
): Promise<LabelledImage[]> {
  const config = restoreConfig(training.config)
  const people = dataset.kind === 'world' ? config.world.people : config.people
  const names = walkerNames(people.identities)
  const record = (sessions: number): ReturnType<typeof renderRecordings> =>
    renderRecordings(
      'test',
      sessions,
      framesPerSession,
      walkerSites(people.identities, people.sites),
      { ...config, people },
      people.testSessions,
    )
  // A session shows a few of a site's people: streams of scenes need all of them.
  let sessions = sessionsPerSite
  let recorded = record(sessions)
  while (new Set(recorded.labels).size < people.identities && sessions < mostSessionsPerSite)
    recorded = record((sessions *= 2))
  const { pixels, labels } = recorded
  const bytes = input.width * input.width * 3
  const images: LabelledImage[] = []
  for (const [frame, identity] of labels.entries()) {
    const className = names[identity] ?? ''
    await mkdir(join(folder, className), { recursive: true })
    const path = join(folder, className, `${String(frame).padStart(5, '0')}.png`)
    await writePicture(path, pixels.slice(frame * bytes, (frame + 1) * bytes), input.width)
    images.push({ path, className, classIndex: classNames.indexOf(className) })
  }
  return images
}

/** Test images of a world: photographs and characters from its data, people drawn into `scratch`. */
export async function gatherWorld(
  manifest: Manifest,
  dataFolder: string,
  scratch: string,
): Promise<LabelledImage[]> {
  const { classNames } = manifest
  const photographs = await listImages(join(dataFolder, 'photographs'), classNames)
  const { parts, classNames: characters } = await findCharacters(join(dataFolder, 'characters'))
  const written = parts.test.map(({ path, label }): LabelledImage => {
    const className = characters[label] ?? ''
    return { path, className, classIndex: classNames.indexOf(className) }
  })
  return [...photographs.images, ...written, ...(await recordPeople(manifest, scratch))]
}

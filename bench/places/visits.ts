import { createRandom, type Random } from '../../core/random.ts'
import { siteName, createSiteSession } from '../../core/walkers/sites.ts'
import { walkSeconds } from '../../core/walkers/render.ts'
import type { Split } from '../../train/data/dataset.ts'
import { WalkPainter } from '../../train/data/walk-painter.ts'

/** A camera that no training saw, and the people of the bundle who come by there. */
export interface UnseenSite {
  /** Number of its look: those of the bundle's own sites come before. */
  readonly index: number
  readonly name: string
  readonly identities: readonly number[]
}

/** Frames of one person who walks by, and the time between them: as the bundle's recordings have it. */
const [leastFrames, mostFrames, framesPerSecond] = [10, 28, 8]

/** Sites behind those of training, with people drawn from everybody. */
export const unseenSites = (count: number, trained: number, people: number, each: number): UnseenSite[] =>
  Array.from({ length: count }, (_, at) => {
    const index = trained + at
    const everybody = Array.from({ length: people }, (_, identity) => identity)
    const identities = createRandom('bench places').fork(String(index)).shuffle(everybody).slice(0, each)
    return { index, name: siteName(index), identities }
  })

function* passersBy(site: UnseenSite, frames: number, random: Random): Generator<[number, number]> {
  for (let left = frames; left > 0;) {
    const some = Math.min(left, leastFrames + random.integer(mostFrames - leastFrames + 1))
    yield [random.pick(site.identities), some]
    left -= some
  }
}

/**
 * One visit, frame by frame: people come and go, in the clothes and the light of that day.
 *
 * @param visit 0, 1, …: sessions of the test split that no picture of the bundle's was of
 * @param size side of the frames, in pixels
 */
export function drawVisit(site: UnseenSite, visit: number, frames: number, size: number): Split {
  const painter = new WalkPainter(frames, size)
  const random = createRandom('bench places').fork(`${site.index} ${visit}`)
  for (const [identity, some] of passersBy(site, frames, random)) {
    const recording = createSiteSession(site.index, { identity, split: 'test', session: 1000 + visit })
    const start = random.next() * walkSeconds(painter.walkerOf(identity))
    for (let frame = 0; frame < some; frame++) painter.paint(recording, start + frame / framesPerSecond)
  }
  return painter.images
}

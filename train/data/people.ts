import { createRandom, type Random } from '../../core/random.ts'
import type { Place } from '../../core/streams/place.ts'
import { walkerNames } from '../../core/walkers/names.ts'
import { walkSeconds } from '../../core/walkers/render.ts'
import type { Split as WalkerSplit } from '../../core/walkers/session.ts'
import { createSiteSession, walkerSites, type Site } from '../../core/walkers/sites.ts'
import type { TrainingConfig } from '../config/schema.ts'
import { digestOfPixels } from './data-digest.ts'
import type { Dataset, Split } from './dataset.ts'
import { paintWalks, WalkPainter } from './walk-painter.ts'

export type PeopleOptions = Pick<TrainingConfig, 'people' | 'imageSize' | 'seed'>

/** Frames of one person who walks by, and the time between them: eight a second. */
const [leastFrames, mostFrames, framesPerSecond] = [10, 28, 8]

/** Pictures of everybody at their sites, spread over the whole walk. */
function renderPictures(
  split: WalkerSplit,
  sessions: number,
  sites: readonly Site[],
  { people: { framesPerSession }, imageSize: size, seed }: PeopleOptions,
  onImage: () => void,
): Split {
  const recordings = sites.flatMap(({ identities }, site) =>
    identities.flatMap((identity) =>
      Array.from({ length: sessions }, (_, session) => createSiteSession(site, { identity, split, session })),
    ),
  )
  return paintWalks(recordings, {
    framesPerSession,
    size,
    random: createRandom(seed).fork(`people-${split}`),
    onImage,
  })
}

/** Whom a site's camera sees, one after the other, each for some frames. */
function* passersBy(
  site: Site,
  frames: number,
  random: Random,
): Generator<{ identity: number; frames: number }> {
  for (let left = frames; left > 0;) {
    const some = Math.min(left, leastFrames + random.integer(mostFrames - leastFrames + 1))
    yield { identity: random.pick(site.identities), frames: some }
    left -= some
  }
}

/**
 * Recordings of whole sessions at the sites, frame by frame: people come and go.
 *
 * @param first number of the first session: pictures are of the ones before
 */
export function renderRecordings(
  split: WalkerSplit,
  sessions: number,
  framesPerSession: number,
  sites: readonly Site[],
  { imageSize: size, seed }: PeopleOptions,
  first: number,
): Split {
  const painter = new WalkPainter(sites.length * sessions * framesPerSession, size)
  for (const [index, site] of sites.entries()) {
    for (let session = 0; session < sessions; session++) {
      const random = createRandom(seed).fork(`people-${split}-${index}-${session}`)
      for (const { identity, frames } of passersBy(site, framesPerSession, random)) {
        const recording = createSiteSession(index, { identity, split, session: first + session })
        const start = random.next() * walkSeconds(painter.walkerOf(identity))
        for (let frame = 0; frame < frames; frame++) painter.paint(recording, start + frame / framesPerSecond)
      }
    }
  }
  return painter.images
}

/** So many pictures of people whom nobody knows, at each site. */
const unknownOfSite = { training: 800, validation: 40, test: 40 } as const
/** Whom nobody knows is far behind everybody who may be known; in each split there are others. */
const firstUnknown = { training: 1_000_000, validation: 2_000_000, test: 3_000_000 } as const
const framesOfUnknown = 4

/** People whom nobody knows, who come by at the sites: each is seen in a few frames of one session. */
function renderUnknown(
  split: keyof typeof unknownOfSite,
  sites: readonly Site[],
  { imageSize: size, seed }: PeopleOptions,
): Split {
  const sessions = sites.flatMap((_, site) =>
    Array.from({ length: unknownOfSite[split] / framesOfUnknown }, (_, person) =>
      createSiteSession(site, {
        identity: firstUnknown[split] + site * unknownOfSite[split] + person,
        split: split === 'training' ? 'train' : split,
        session: person,
      }),
    ),
  )
  return paintWalks(sessions, {
    framesPerSession: framesOfUnknown,
    size,
    random: createRandom(seed).fork(`people unknown ${split}`),
    onImage: () => undefined,
  })
}

/** Places of the sites: everybody there is seen as often as everybody else. */
export const placesOfSites = (sites: readonly Site[], classNames: readonly string[]): Place[] =>
  sites.map(({ name, identities }) => ({
    name,
    weights: Object.fromEntries(identities.map((identity) => [classNames[identity] ?? '', 1])),
  }))

/**
 * Synthetic people at sites: each site has a camera that stays and about twenty people who come and go.
 * Recordings of training, validation and test are apart, and so are the clothes and the light in them.
 */
export function generatePeople(
  options: PeopleOptions,
  onProgress: (done: number, of: number) => void,
): Dataset {
  const {
    identities,
    sites: count,
    trainSessions,
    validationSessions,
    testSessions,
    framesPerSession,
  } = options.people
  const sites = walkerSites(identities, count)
  const classNames = walkerNames(identities)
  const shown = sites.reduce((sum, site) => sum + site.identities.length, 0)
  const total = shown * framesPerSession * (trainSessions + validationSessions + testSessions)
  let done = 0
  const render = (split: WalkerSplit, sessions: number): Split =>
    renderPictures(split, sessions, sites, options, () => onProgress(++done, total))
  const [train, validation, test] = [
    render('train', trainSessions),
    render('validation', validationSessions),
    render('test', testSessions),
  ]
  return {
    kind: 'people',
    description: `Synthetic people who walk towards the cameras of ${count} sites: ${identities} identities; clothes and light change by session.`,
    classNames,
    size: options.imageSize,
    places: placesOfSites(sites, classNames),
    digest: digestOfPixels({ train, validation, test }),
    train,
    validation,
    test,
    unknown: (split) => renderUnknown(split, sites, options),
    recordings: (split, frames, sessions = 8) =>
      renderRecordings(
        split,
        sessions,
        frames,
        sites,
        options,
        split === 'test' ? testSessions : validationSessions,
      ),
  }
}

import { sceneStream } from '../../../core/streams/scenes.ts'
import { createRandom } from '../../../core/random.ts'
import { sessionsPerSplit } from '../../../core/walkers/sequence.ts'
import type { Site } from '../../../core/walkers/sites.ts'

/** Somebody walks towards the camera for a while. */
export interface Take {
  readonly identity: number
  readonly session: number
  readonly frames: number
  /** Where it was taken; undefined where every recording has a place of its own. */
  readonly site?: number | undefined
}

/**
 * A take lasts between two and four seconds, and a scene a few takes, so that somebody is seen for several
 * seconds.
 */
const shortestTakeSeconds = 2
const longestTakeSeconds = 4
const takesInScene = 5
/** Takes are drawn so many at a time; the stream never ends. */
const takesAtOnce = 200

/**
 * What the demo shows: scenes in which one or two people come and go, each scene with recordings of its own,
 * from sessions that nobody has trained on. The same seed gives the same takes for ever.
 *
 * @param cast identities of the people who may be shown, two at least
 */
export function* demoTakes(
  cast: readonly number[],
  seed: number,
  framesPerSecond: number,
): Generator<Take, never> {
  for (let part = 0; ; part++) {
    const takes = sceneStream({
      kind: 'pairs',
      classNames: cast.map(String),
      meanLength: takesInScene,
      frames: takesAtOnce,
      seed: `demo ${seed} ${part}`,
    })
    for (const [index, { classIndex, sceneIndex }] of takes.entries()) {
      // Varied without another random stream: the length follows from who walks, and when.
      const spread = ((index * 7 + classIndex * 3) % 10) / 9
      const seconds = shortestTakeSeconds + (longestTakeSeconds - shortestTakeSeconds) * spread
      yield {
        identity: cast[classIndex] ?? 0,
        session: sceneIndex % sessionsPerSplit.test,
        frames: Math.max(1, Math.round(seconds * framesPerSecond)),
      }
    }
  }
}

/** A camera shows one site for some takes; then it is another's turn, mostly one that was seen before. */
const takesAtSite = 6
const sitesInTurn = 4

/**
 * What the demo shows where people have their sites: some of them come and go at one site, then at another,
 * and a site that was left comes back. From sessions that nobody has trained on. The same seed gives the same
 * takes for ever.
 *
 * @param sites whose people the bundle knows, one at least
 */
export function* siteTakes(
  sites: readonly Pick<Site, 'identities'>[],
  seed: number,
  framesPerSecond: number,
): Generator<Take, never> {
  const random = createRandom(`demo sites ${seed}`)
  const order = random.shuffle([...sites.keys()])
  for (let visit = 0; ; visit++) {
    // A few sites take turns; one of them makes room for a new one now and then.
    const turn = Math.floor(visit / (2 * sitesInTurn))
    const site = order[(turn + (visit % Math.min(sitesInTurn, sites.length))) % sites.length] ?? 0
    for (let take = 0; take < takesAtSite; take++) {
      const seconds = shortestTakeSeconds + (longestTakeSeconds - shortestTakeSeconds) * random.next()
      yield {
        identity: random.pick(sites[site]?.identities ?? [0]),
        session: visit % sessionsPerSplit.test,
        frames: Math.max(1, Math.round(seconds * framesPerSecond)),
        site,
      }
    }
  }
}

/** Exactly these people, one after the other, so many frames each. */
export function* scriptedTakes(walkers: readonly number[], hold: number): Generator<Take, void> {
  for (const identity of walkers) yield { identity, session: 0, frames: hold }
}

/**
 * The frames of takes, one by one. A take that follows one of the same person in the same session walks on.
 */
export function* takeFrames(
  takes: Iterable<Take>,
): Generator<{ identity: number; session: number; step: number; site: number | undefined }, void> {
  let before: Take | undefined
  let step = 0
  for (const take of takes) {
    if (before?.identity !== take.identity || before.session !== take.session || before.site !== take.site)
      step = 0
    for (let frame = 0; frame < take.frames; frame++, step++)
      yield { identity: take.identity, session: take.session, step, site: take.site }
    before = take
  }
}

import { sceneStream } from '../../../core/streams/scenes.ts'
import { sessionsPerSplit } from '../../../core/walkers/sequence.ts'

/** Somebody walks towards the camera for a while. */
export interface Take {
  readonly identity: number
  readonly session: number
  readonly frames: number
}

/** A take lasts between two and four seconds, and a scene a few takes, so that somebody is seen for several seconds. */
const shortestTakeSeconds = 2
const longestTakeSeconds = 4
const takesInScene = 5
/** Takes are drawn so many at a time; the stream never ends. */
const takesAtOnce = 200

/**
 * What the demo shows: scenes in which one or two people come and go, each scene with recordings of its own, from sessions that
 * nobody has trained on. The same seed gives the same takes for ever.
 *
 * @param cast identities of the people who may be shown, two at least
 */
export function* demoTakes(cast: readonly number[], seed: number, framesPerSecond: number): Generator<Take, never> {
  for (let part = 0; ; part++) {
    const takes = sceneStream({ kind: 'pairs', classNames: cast.map(String), meanLength: takesInScene, frames: takesAtOnce, seed: `demo ${seed} ${part}` })
    for (const [index, { classIndex, sceneIndex }] of takes.entries()) {
      // Varied without another random stream: the length follows from who walks, and when.
      const spread = ((index * 7 + classIndex * 3) % 10) / 9
      const seconds = shortestTakeSeconds + (longestTakeSeconds - shortestTakeSeconds) * spread
      yield { identity: cast[classIndex] ?? 0, session: sceneIndex % sessionsPerSplit.test, frames: Math.max(1, Math.round(seconds * framesPerSecond)) }
    }
  }
}

/** Exactly these people, one after the other, so many frames each. */
export function* scriptedTakes(walkers: readonly number[], hold: number): Generator<Take, void> {
  for (const identity of walkers) yield { identity, session: 0, frames: hold }
}

/** The frames of takes, one by one. A take that follows one of the same person in the same session walks on. */
export function* takeFrames(takes: Iterable<Take>): Generator<{ identity: number; session: number; step: number }, void> {
  let before: Take | undefined
  let step = 0
  for (const take of takes) {
    if (before?.identity !== take.identity || before.session !== take.session) step = 0
    for (let frame = 0; frame < take.frames; frame++, step++) yield { identity: take.identity, session: take.session, step }
    before = take
  }
}

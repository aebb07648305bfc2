import type { Logger } from 'pino'
import type { Sight } from '../../core/places/find-places.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import type { Keepership } from './keepership.ts'
import { toldOf } from './place-view.ts'
import type { PlaceVersions } from './place-versions.ts'
import type { Try } from './places-memory.ts'
import type { trainFromKept } from './train-from-kept.ts'

interface PlaceLearner {
  readonly bundleId: string
  /** The bundle as it is served now. */
  readonly bundle: () => StoredBundle
  readonly versions: Pick<PlaceVersions, 'publishLearned'>
  readonly keepership: Keepership
  readonly log: Logger
  readonly nameOf: (place: string) => string
  readonly train: (signal: AbortSignal, place: string) => ReturnType<typeof trainFromKept>
  /** Runs what may not meet anything else that changes places. */
  readonly inTurn: <Result>(task: () => Promise<Result>) => Promise<Result>
  /** @param sight what is seen there from now on, where that is another */
  readonly noteTry: (place: string, made: Try, sight?: Sight) => Promise<void>
}

async function learn(signal: AbortSignal, place: string, learner: PlaceLearner): Promise<void> {
  const { bundleId, bundle, versions, log, nameOf, train, inTurn, noteTry } = learner
  const served = bundle()
  const startedAt = Date.now()
  const { result, blob } = await train(signal, place)
  signal.throwIfAborted()
  if (result.kind === 'failed') throw new CacheNetError('internal', result.message, { code: result.code })
  await inTurn(async () => {
    signal.throwIfAborted()
    if (result.kind === 'gains' && blob !== undefined) {
      // Of the moment when it began: frames that came later are new to it (`recoverPlaces` reads it back).
      const at = new Date(startedAt)
      await versions.publishLearned(served, { id: place, name: nameOf(place), at, result }, blob)
      log.info({ bundle: bundleId, place, seconds: result.seconds }, 'a place was learned')
    }
    const stage = result.kind === 'gains' ? 'learned' : 'no-gain'
    const sight = result.kind === 'gains' ? result.sight : undefined
    await noteTry(place, { atMs: startedAt, stage, message: toldOf(result) }, sight)
  })
}

/**
 * Trains a place, publishes it where it gains, and notes what came of it. Where it is ended, or another edge
 * keeps the places by now, nothing is noted: it is begun anew.
 */
export async function learnPlace(signal: AbortSignal, place: string, learner: PlaceLearner): Promise<void> {
  const { bundleId, keepership, log, inTurn, noteTry } = learner
  const startedAt = Date.now()
  try {
    await learn(signal, place, learner)
  } catch (thrown) {
    if (signal.aborted || !keepership.isHeld()) return
    const { code, message } = CacheNetError.from(thrown)
    log.warn({ bundle: bundleId, place, code }, `a place was not learned: ${message}`)
    await inTurn(() => noteTry(place, { atMs: startedAt, stage: 'failed', message }))
  }
}

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { softmax } from '../../core/gate/entropy.ts'
import { whyNotLearnable } from '../../core/places/belief-rows.ts'
import { forgetPlace, seePlace } from '../../core/places/find-places.ts'
import type { LearnResult } from '../../core/places/learn-result.ts'
import { withLearned, withoutLearned } from '../../core/places/learned-bundle.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { LearnedPlaceView, PlaceList, PlaceStage } from '../../core/wire/places.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { openKeptFrames, type KeptFrames, type KeptLimits } from './kept-frames.ts'
import type { FrameToKeep } from './learning.ts'
import { nothingRemembered, readPlaces, writePlaces, type PlacesMemory, type Try } from './places-file.ts'
import { encodedOf, hashOf, publishVersion, whyNotPublished, type Publishing } from './publish-version.ts'
import { isTrainerThere, runTrainer } from './run-trainer.ts'
import type { TrainingQueue } from './training-queue.ts'

export interface LearningRules {
  /** New frames of a place that it takes to learn it. */
  readonly framesNeeded: number
  readonly limits: KeptLimits
  /** The program that trains, and how long it may take. */
  readonly trainer: string
  readonly trainLimitMs: number
}

export interface BundlePlacesOptions extends LearningRules {
  readonly bundleId: string
  /** Of this bundle alone. */
  readonly folder: string
  readonly publishing: Publishing
  readonly queue: TrainingQueue
  readonly log: Logger
}

/** The places of one bundle. */
export interface BundlePlaces {
  keep(frame: FrameToKeep): void
  list(): PlaceList
  rename(placeId: string, name: string): Promise<void>
  /** All where none is named. */
  forget(placeId?: string): Promise<void>
  settled(): Promise<void>
  close(): Promise<void>
}

/** Frames that wait to be written; one more is not kept. */
const mostWaiting = 64
/** So many frames after the last time the places are written down. */
const framesUntilWritten = 100
/** What a place may learn from, and how much of it is of other places. */
const [mostFrames, mostElsewhere] = [3000, 400]

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** What came of an attempt, for a person. */
function told(result: Exclude<LearnResult, { kind: 'failed' }>): string {
  const { before, after } = result
  const numbers = `misses ${percent(before.misses)} before and ${percent(after.misses)} after, answers unlike the full model’s ${percent(before.wrongHits)} and ${percent(after.wrongHits)}`
  return result.kind === 'gains'
    ? `Learned: ${numbers}.`
    : `It does not gain yet, so nothing was published: ${numbers}.`
}

/** Opens what was kept for a bundle. */
export async function openBundlePlaces(options: BundlePlacesOptions): Promise<BundlePlaces> {
  const { bundleId, folder, publishing, queue, log, framesNeeded, trainer } = options
  const { store } = publishing
  const bundle = (): StoredBundle => store.get(bundleId)
  // Another full model sees other things: what was kept with its answers is of no use.
  const openFrames = (): Promise<KeptFrames> => openKeptFrames(join(folder, 'frames'), options.limits)
  const memoryPath = join(folder, 'places.json')
  let memory: PlacesMemory = await readPlaces(memoryPath)
  const frames = await openFrames()
  await frames.tidy(Date.now())
  let unwritten = 0
  let waiting = 0
  let lost = 0
  let work: Promise<unknown> = Promise.resolve()

  /** One after the other: what is kept, moved and forgotten is so in the order in which it was asked. */
  const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
    const done = work.then(task)
    work = done.catch(() => undefined)
    return done
  }
  const writeDown = async (): Promise<void> => {
    unwritten = 0
    await writePlaces(memoryPath, memory)
  }
  const keyOf = (place: string): string => `${bundleId} ${place}`
  const nameOf = (place: string): string => memory.names.get(place) ?? `Place ${place.slice('place-'.length)}`
  const newFramesOf = (place: string): number =>
    frames.countSince(place, memory.tries.get(place)?.atMs ?? -Infinity)
  const trouble = (): string | undefined =>
    whyNotLearnable(bundle().manifest) ??
    whyNotPublished(bundle(), publishing.key) ??
    (isTrainerThere(trainer)
      ? undefined
      : 'Training is not installed beside this edge: frames are kept, and nothing is learned from them (--learn-trainer).')

  const noteTry = async (place: string, made: Try): Promise<void> => {
    memory = { ...memory, tries: new Map([...memory.tries, [place, made]]) }
    await writeDown()
  }

  const learn = async (signal: AbortSignal, place: string): Promise<void> => {
    const served = bundle()
    const startedAt = Date.now()
    const others = frames.places.filter((other) => other !== place).flatMap((other) => frames.pathsOf(other))
    const step = Math.max(1, Math.ceil(others.length / mostElsewhere))
    const { result, blob } = await runTrainer(
      signal,
      {
        bundle: join(publishing.bundlesFolder, bundleId),
        place,
        frames: frames.pathsOf(place).slice(-mostFrames),
        elsewhere: others.filter((_, at) => at % step === 0),
      },
      {
        program: trainer,
        workFolder: folder,
        threads: Math.min(2, availableParallelism()),
        limitMs: options.trainLimitMs,
      },
    )
    signal.throwIfAborted()
    if (result.kind === 'failed') throw new CacheNetError('internal', result.message, { code: result.code })
    await inTurn(async () => {
      signal.throwIfAborted()
      if (result.kind === 'gains' && blob !== undefined) {
        const next = withLearned(
          encodedOf(served),
          { id: place, name: nameOf(place), at: new Date(), result },
          hashOf,
        )
        await publishVersion(publishing, served, next, new Map([[result.whole.sha256, blob]]))
        log.info({ bundle: bundleId, place, seconds: result.seconds }, 'a place was learned')
      }
      const stage = result.kind === 'gains' ? 'learned' : 'no-gain'
      await noteTry(place, { atMs: startedAt, stage, message: told(result) })
    })
  }

  const learnOrSay = async (signal: AbortSignal, place: string): Promise<void> => {
    const startedAt = Date.now()
    try {
      await learn(signal, place)
    } catch (thrown) {
      if (signal.aborted) return
      const { code, message } = CacheNetError.from(thrown)
      log.warn({ bundle: bundleId, place, code }, `a place was not learned: ${message}`)
      await inTurn(() => noteTry(place, { atMs: startedAt, stage: 'failed', message }))
    }
  }

  const learnWhereEnough = (place: string): void => {
    if (newFramesOf(place) < framesNeeded || trouble() !== undefined) return
    queue.add(keyOf(place), (signal) => learnOrSay(signal, place))
  }

  const keepNow = async ({
    bundle: { manifest },
    stream,
    kind,
    pixels,
    found,
  }: FrameToKeep): Promise<void> => {
    const atMs = Date.now()
    const code = [...softmax(found.codeLogits)]
    const classes = [...softmax(found.logits, manifest.full.temperature)]
    const seen = seePlace(memory.found, { stream, atMs, code, classes })
    memory = { ...memory, found: seen.state }
    if (seen.merged !== undefined) await frames.move(seen.merged, seen.place)
    const { logits, codeLogits } = found
    await frames.add(seen.place, { atMs, kind, pixels, logits, codeLogits })
    if (seen.merged !== undefined || ++unwritten >= framesUntilWritten) await writeDown()
    learnWhereEnough(seen.place)
  }

  const stageOf = (place: string): PlaceStage => {
    if (queue.isRunning(keyOf(place))) return 'learning'
    if (queue.has(keyOf(place))) return 'waiting'
    return memory.tries.get(place)?.stage ?? 'gathering'
  }

  const viewOf = (id: string): LearnedPlaceView => {
    const partition = bundle().manifest.partitions.find(({ learned }) => learned?.place === id)
    const message = memory.tries.get(id)?.message
    return {
      id,
      name: nameOf(id),
      frames: frames.countOf(id),
      bytes: frames.bytesOf(id),
      stage: stageOf(id),
      framesMissing: Math.max(0, framesNeeded - newFramesOf(id)),
      ...(message === undefined ? {} : { message }),
      ...(partition?.learned === undefined
        ? {}
        : {
            learned: {
              partition: partition.id,
              at: partition.learned.at,
              bytes: partition.whole.bytes,
              before: partition.learned.before,
              after: partition.learned.after,
            },
          }),
    }
  }

  const idsOf = (): string[] => [
    ...new Set([
      ...frames.places,
      ...bundle().manifest.partitions.flatMap(({ learned }) =>
        learned === undefined ? [] : [learned.place],
      ),
    ]),
  ]

  const requirePlace = (place: string): void => {
    if (!idsOf().includes(place))
      throw new CacheNetError('place-unknown', 'The edge has no such place. It may have been forgotten.', {})
  }

  const unpublish = async (places: readonly string[]): Promise<void> => {
    const served = bundle()
    const before = encodedOf(served)
    const next = places.reduce((one, place) => withoutLearned(one, place, new Date(), hashOf), before)
    if (next !== before) await publishVersion(publishing, served, next, new Map())
  }

  return {
    keep(frame) {
      if (waiting >= mostWaiting) {
        lost++
        return
      }
      waiting++
      // The body that they are part of is used again.
      const own = { ...frame, pixels: frame.pixels.slice() }
      void inTurn(() => keepNow(own))
        .catch((thrown: unknown) => {
          const { code } = CacheNetError.from(thrown, 'storage-failed')
          if (lost++ === 0) log.warn({ bundle: bundleId, code }, 'a frame could not be kept')
        })
        .finally(() => waiting--)
    },
    list() {
      const why = trouble()
      return { ...(why === undefined ? {} : { trouble: why }), places: idsOf().map(viewOf) }
    },
    rename: (place, name) =>
      inTurn(async () => {
        requirePlace(place)
        memory = { ...memory, names: new Map([...memory.names, [place, name]]) }
        await writeDown()
      }),
    async forget(wanted) {
      if (wanted !== undefined) requirePlace(wanted)
      const places = wanted === undefined ? idsOf() : [wanted]
      for (const place of places) await queue.cancel(keyOf(place))
      await inTurn(async () => {
        for (const place of places) await frames.forget(place)
        const isForgotten = ([place]: readonly [string, unknown]): boolean => places.includes(place)
        memory =
          wanted === undefined
            ? {
                ...nothingRemembered,
                found: { ...nothingRemembered.found, nextPlace: memory.found.nextPlace },
              }
            : {
                found: forgetPlace(memory.found, wanted),
                names: new Map([...memory.names].filter((entry) => !isForgotten(entry))),
                tries: new Map([...memory.tries].filter((entry) => !isForgotten(entry))),
              }
        await writeDown()
        await unpublish(places)
      })
    },
    async settled() {
      await work
    },
    async close() {
      await work
      await writeDown().catch(() => undefined)
    },
  }
}

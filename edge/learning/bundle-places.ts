import { join } from 'node:path'
import type { Logger } from 'pino'
import { softmax } from '../../core/gate/entropy.ts'
import { hasDrifted, withChecked } from '../../core/places/drift.ts'
import { seePlace } from '../../core/places/find-places.ts'
import type { PlaceFile } from '../../core/places/place-file.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { LearnedPlaceView, PlaceList, PlaceStage } from '../../core/wire/places.ts'
import type { Partition } from '../../core/bundle/manifest.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { openKeptFrames, type KeptFrames, type KeptLimits } from './kept-frames.ts'
import type { FrameToKeep } from './learning.ts'
import { createPlaceVersions } from './place-versions.ts'
import { toldOf, viewOfPlace } from './place-view.ts'
import { readPlaces, writePlaces } from './places-file.ts'
import {
  takePlaceId,
  withChecks,
  withName,
  withSight,
  withTry,
  withoutPlace,
  withoutPlaces,
  type Checks,
  type PlacesMemory,
  type Try,
} from './places-memory.ts'
import type { Publishing } from './publish-version.ts'
import { isTrainerThere } from './run-trainer.ts'
import { trainFromKept } from './train-from-kept.ts'
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
  exportPlace(placeId: string): PlaceFile
  importPlace(content: unknown): Promise<string>
  /** All where none is named. */
  forget(placeId?: string): Promise<void>
  settled(): Promise<void>
  close(): Promise<void>
}

/** Frames that wait to be written; one more is not kept. */
const mostWaiting = 64
/** So many frames after the last time the places are written down. */
const framesUntilWritten = 100
/** A place that drifted is learned anew from so much fewer new frames than another. */
const haste = 2
/** What drifts for the last time is taken out of the bundle. */
const mostDrifts = 3
const unchecked: Checks = { answers: [], drifts: 0 }

/** Opens what was kept for a bundle. */
export async function openBundlePlaces(options: BundlePlacesOptions): Promise<BundlePlaces> {
  const { bundleId, folder, publishing, queue, log, framesNeeded, trainer } = options
  const bundle = (): StoredBundle => publishing.store.get(bundleId)
  const versions = createPlaceVersions(bundleId, publishing)
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
    versions.trouble() ??
    (isTrainerThere(trainer)
      ? undefined
      : 'Training is not installed beside this edge: frames are kept, and nothing is learned from them (--learn-trainer).')

  const noteChecks = (place: string, checks: Checks): void => {
    memory = withChecks(memory, place, checks)
  }
  const partitionOf = (place: string): Partition | undefined =>
    bundle().manifest.partitions.find(({ learned }) => learned?.place === place)
  const neededOf = (place: string): number =>
    (memory.checks.get(place)?.drifts ?? 0) > 0 ? Math.ceil(framesNeeded / haste) : framesNeeded

  /**
   * Holds a checked answer against what was promised when the place was learned. Where both part ways, what
   * was learned is certain less often from now on, and in the end not asked at all.
   */
  const check = async (place: string, isAlike: boolean): Promise<void> => {
    const learned = partitionOf(place)?.learned
    if (learned === undefined) return
    const { answers, drifts } = memory.checks.get(place) ?? unchecked
    const checked = withChecked(answers, isAlike)
    if (!hasDrifted(checked, learned.after)) {
      noteChecks(place, { answers: checked, drifts })
      return
    }
    if (drifts + 1 < mostDrifts) await versions.publishLessCertain(place)
    else await versions.publishWithout([place])
    noteChecks(place, { answers: [], drifts: drifts + 1 })
    log.info({ bundle: bundleId, place, drifts: drifts + 1 }, 'a learned place drifted')
    await writeDown()
  }

  const noteTry = async (place: string, made: Try): Promise<void> => {
    memory = withTry(memory, place, made)
    await writeDown()
  }

  const learn = async (signal: AbortSignal, place: string): Promise<void> => {
    const served = bundle()
    const startedAt = Date.now()
    const { result, blob } = await trainFromKept(signal, { ...options, place, frames })
    signal.throwIfAborted()
    if (result.kind === 'failed') throw new CacheNetError('internal', result.message, { code: result.code })
    await inTurn(async () => {
      signal.throwIfAborted()
      if (result.kind === 'gains' && blob !== undefined) {
        await versions.publishLearned(
          served,
          { id: place, name: nameOf(place), at: new Date(), result },
          blob,
        )
        noteChecks(place, unchecked)
        log.info({ bundle: bundleId, place, seconds: result.seconds }, 'a place was learned')
      }
      const stage = result.kind === 'gains' ? 'learned' : 'no-gain'
      await noteTry(place, { atMs: startedAt, stage, message: toldOf(result) })
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
    if (newFramesOf(place) < neededOf(place) || trouble() !== undefined) return
    queue.add(keyOf(place), (signal) => learnOrSay(signal, place))
  }

  const keepNow = async ({
    bundle: { manifest },
    stream,
    kind,
    isAlike,
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
    if (isAlike !== undefined) await check(seen.place, isAlike)
    learnWhereEnough(seen.place)
  }

  const stageOf = (place: string): PlaceStage => {
    if (queue.isRunning(keyOf(place))) return 'learning'
    if (queue.has(keyOf(place))) return 'waiting'
    return memory.tries.get(place)?.stage ?? 'gathering'
  }

  const viewOf = (id: string): LearnedPlaceView =>
    viewOfPlace({
      id,
      name: nameOf(id),
      frames: frames.countOf(id),
      bytes: frames.bytesOf(id),
      stage: stageOf(id),
      framesMissing: Math.max(0, neededOf(id) - newFramesOf(id)),
      message: memory.tries.get(id)?.message,
      drifts: memory.checks.get(id)?.drifts ?? 0,
      partition: partitionOf(id),
    })

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
        memory = withName(memory, place, name)
        await writeDown()
      }),
    exportPlace(place) {
      requirePlace(place)
      return versions.fileOf(place, nameOf(place), memory.found.places.find(({ id }) => id === place)?.sight)
    },
    async importPlace(content) {
      const { file, blob } = versions.readFile(content)
      return inTurn(async () => {
        const { name, sight, network } = file
        const taken = takePlaceId(memory)
        const { id } = taken
        ;({ memory } = taken)
        await versions.publishLearned(bundle(), { id, name, at: new Date(file.at), result: network }, blob)
        if (sight !== undefined) memory = withSight(memory, id, sight, network.frames)
        const message = 'It came in a file from another edge.'
        memory = withTry(withName(memory, id, name), id, { atMs: Date.now(), stage: 'learned', message })
        await writeDown()
        return id
      })
    },
    async forget(wanted) {
      if (wanted !== undefined) requirePlace(wanted)
      const places = wanted === undefined ? idsOf() : [wanted]
      for (const place of places) await queue.cancel(keyOf(place))
      await inTurn(async () => {
        for (const place of places) await frames.forget(place)
        memory = wanted === undefined ? withoutPlaces(memory) : withoutPlace(memory, wanted)
        await writeDown()
        await versions.publishWithout(places)
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

import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Logger } from 'pino'
import { softmax } from '../../core/gate/entropy.ts'
import { seenAnew, seePlace, type Sight } from '../../core/places/find-places.ts'
import type { KeptFrame } from '../../core/places/kept-frame.ts'
import type { PlaceFile } from '../../core/places/place-file.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { PlaceReport } from '../../core/wire/place-report.ts'
import type { PlaceList } from '../../core/wire/places.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { incomingPath, readIncoming, type IncomingFrame } from './incoming-frames.ts'
import { clearLeftovers } from './clear-leftovers.ts'
import { judgeChecks } from './judge-checks.ts'
import { alone, requireHeld } from './keepership.ts'
import { openKeptFrames, type KeptFrames, type KeptLimits } from './kept-frames.ts'
import type { FrameToKeep } from './learning.ts'
import { learnPlace } from './learn-place.ts'
import { spreadOver } from './place-pictures.ts'
import { createPlaceVersions } from './place-versions.ts'
import { readPlaces, writePlaces } from './places-file.ts'
import { recoverPlaces } from './recover-places.ts'
import {
  nameOfPlace,
  takePlaceId,
  withChecks,
  withImported,
  withName,
  withTry,
  withoutPlace,
  withoutPlaces,
  type Checks,
  type PlacesMemory,
  type Try,
} from './places-memory.ts'
import type { Publishing } from './publish-version.ts'
import { isTrainerThere } from './run-trainer.ts'
import { createPlacesTeller } from './tell-places.ts'
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
  /** Keeps what another edge laid into the folder; once, however often it is told. */
  keepIncoming(frame: IncomingFrame): Promise<void>
  /** Frames that could not be kept. */
  readonly framesLost: number
  list(): PlaceList
  /** Throws `place-unknown`, as those below do. */
  report(placeId: string): PlaceReport
  /** Names of a few of its kept frames, spread over all of them, the oldest first. */
  pictureFiles(placeId: string): string[]
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

/** A folder a place, in the folder of a bundle. */
export const framesFolder = (bundleFolder: string): string => join(bundleFolder, 'frames')

/** Opens what was kept for a bundle. */
export async function openBundlePlaces(options: BundlePlacesOptions): Promise<BundlePlaces> {
  const { bundleId, folder, publishing, queue, log, framesNeeded, trainer } = options
  const bundle = (): StoredBundle => publishing.store.get(bundleId)
  const versions = createPlaceVersions(bundleId, publishing)
  const { keepership = alone } = publishing
  const memoryPath = join(folder, 'places.json')
  const frames: KeptFrames = await openKeptFrames(framesFolder(folder), options.limits)
  await frames.tidy(Date.now())
  await clearLeftovers(folder, Date.now())
  let memory: PlacesMemory = await recoverPlaces(await readPlaces(memoryPath), frames, bundle().manifest)
  let unwritten = 0
  let waiting = 0
  let lost = 0
  let work: Promise<unknown> = Promise.resolve()

  /** One after the other: what is kept, moved and forgotten is so in the order in which it was asked. */
  const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
    const done = work.then(() => {
      requireHeld(keepership)
      return task()
    })
    work = done.catch(() => undefined)
    return done
  }
  const writeDown = async (): Promise<void> => {
    unwritten = 0
    await writePlaces(memoryPath, memory)
  }
  const keyOf = (place: string): string => `${bundleId} ${place}`
  const nameOf = (place: string): string => nameOfPlace(memory, place)
  const teller = createPlacesTeller({
    bundle,
    memory: () => memory,
    frames,
    framesNeeded,
    trainingOf: (place) => {
      if (queue.isRunning(keyOf(place))) return 'learning'
      return queue.has(keyOf(place)) ? 'waiting' : undefined
    },
  })
  const trouble = (): string | undefined =>
    versions.trouble() ??
    (isTrainerThere(trainer)
      ? undefined
      : 'Training is not installed beside this edge: frames are kept, and nothing is learned from them (--learn-trainer).')

  const noteChecks = (place: string, checks: Checks): void => {
    memory = withChecks(memory, place, checks)
  }

  const check = async (place: string, isAlike: boolean): Promise<void> => {
    const learned = teller.partitionOf(place)?.learned
    if (learned === undefined) return
    const { checks, verdict } = judgeChecks(memory.checks.get(place), isAlike, learned.after)
    if (verdict === 'less-certain') await versions.publishLessCertain(place)
    if (verdict === 'given-up') await versions.publishWithout([place])
    noteChecks(place, checks)
    if (verdict === 'as-promised') return
    log.info({ bundle: bundleId, place, drifts: checks.drifts }, 'a learned place drifted')
    await writeDown()
  }

  const checkAll = async (
    place: string,
    answers: readonly boolean[],
    manifestSha256: string | undefined,
  ): Promise<void> => {
    for (const isAlike of answers) {
      // What the version before answered says nothing of one that is less certain already.
      if (manifestSha256 !== undefined && manifestSha256 !== bundle().manifestHash) return
      await check(place, isAlike)
    }
  }

  const learner = {
    bundleId,
    bundle,
    versions,
    keepership,
    log,
    nameOf,
    inTurn,
    train: (signal: AbortSignal, place: string) => trainFromKept(signal, { ...options, place, frames }),
    noteTry: async (place: string, made: Try, sight?: Sight): Promise<void> => {
      const found = sight === undefined ? memory.found : seenAnew(memory.found, place, sight)
      memory = withTry({ ...memory, found }, place, made)
      if (made.stage === 'learned') noteChecks(place, { answers: [], drifts: 0 })
      await writeDown()
    },
  }
  const learnWhereEnough = (place: string): void => {
    if (teller.framesMissing(place) > 0 || trouble() !== undefined) return
    queue.add(keyOf(place), (signal) => learnPlace(signal, place, learner))
  }

  /** @param store puts it into the folder of its place */
  const keepNow = async (
    { atMs, logits, codeLogits }: Pick<KeptFrame, 'atMs' | 'logits' | 'codeLogits'>,
    { stream, checked = [], manifestSha256 }: Omit<IncomingFrame, 'file'>,
    store: (place: string) => Promise<void>,
  ): Promise<void> => {
    const code = [...softmax(codeLogits)]
    const classes = [...softmax(logits, bundle().manifest.full.temperature)]
    // Of frames that the stream sent before, and so of the place that it was at.
    const before = memory.found.visits.find((visit) => visit.stream === stream)?.place
    if (before !== undefined) await checkAll(before, checked, manifestSha256)
    const seen = seePlace(memory.found, { stream, atMs, code, classes })
    memory = { ...memory, found: seen.state }
    if (seen.merged !== undefined) await frames.move(seen.merged, seen.place)
    await store(seen.place)
    if (seen.merged !== undefined || ++unwritten >= framesUntilWritten) await writeDown()
    learnWhereEnough(seen.place)
  }

  const noteLost = (thrown: unknown): void => {
    const { code } = CacheNetError.from(thrown, 'storage-failed')
    if (lost++ === 0) log.warn({ bundle: bundleId, code }, 'a frame could not be kept')
  }

  for (const place of frames.places) learnWhereEnough(place)

  return {
    keep(frame) {
      if (waiting >= mostWaiting) {
        lost++
        return
      }
      waiting++
      const { kind, found } = frame
      // The body that they are part of is used again.
      const own: KeptFrame = { atMs: Date.now(), kind, pixels: frame.pixels.slice(), ...found }
      const { stream, checked } = frame
      const about = { stream, checked, manifestSha256: frame.bundle.manifestHash }
      void inTurn(() => keepNow(own, about, (place) => frames.add(place, own)))
        .catch(noteLost)
        .finally(() => waiting--)
    },
    keepIncoming: (incoming) =>
      inTurn(async () => {
        const path = incomingPath(folder, incoming.file)
        try {
          const frame = await readIncoming(path)
          if (frame !== undefined) await keepNow(frame, incoming, (place) => frames.adopt(place, path))
        } catch (thrown) {
          requireHeld(keepership)
          noteLost(thrown)
          await rm(path, { force: true })
        }
      }),
    get framesLost() {
      return lost
    },
    list() {
      const why = trouble()
      return {
        ...(why === undefined ? {} : { trouble: why }),
        places: teller.ids().map((place) => teller.view(place)),
      }
    },
    report: (place) => teller.report(place),
    pictureFiles(place) {
      teller.require(place)
      return spreadOver(frames.pathsOf(place)).map((path) => basename(path))
    },
    rename: (place, name) =>
      inTurn(async () => {
        teller.require(place)
        memory = withName(memory, place, name)
        await writeDown()
      }),
    exportPlace(place) {
      teller.require(place)
      return versions.fileOf(place, nameOf(place), memory.found.places.find(({ id }) => id === place)?.sight)
    },
    async importPlace(content) {
      const { file, blob } = versions.readFile(content)
      return inTurn(async () => {
        const taken = takePlaceId(memory)
        // Taken before, perhaps by an edge that was killed before it could say so.
        const id = versions.placeOf(file.network.whole.sha256) ?? taken.id
        if (id === taken.id) {
          ;({ memory } = taken)
          const { name, at, network: result } = file
          await versions.publishLearned(bundle(), { id, name, at: new Date(at), result }, blob)
        }
        memory = withImported(memory, id, file)
        await writeDown()
        return id
      })
    },
    async forget(wanted) {
      if (wanted !== undefined) teller.require(wanted)
      const places = wanted === undefined ? teller.ids() : [wanted]
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
      if (keepership.isHeld()) await writeDown().catch(() => undefined)
    },
  }
}

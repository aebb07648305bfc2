import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { placeFileSchema } from '../../../core/places/place-file.ts'
import { placeReportSchema } from '../../../core/wire/place-report.ts'
import { placeListSchema } from '../../../core/wire/places.ts'
import type { Learning } from '../learning.ts'
import {
  learningOff,
  openLearning,
  picturesOf,
  requireBundle,
  type LearningOptions,
} from '../open-learning.ts'
import { isTrainerThere } from '../run-trainer.ts'
import { folderId } from './folder-id.ts'
import { keepByTurns } from './keep-by-turns.ts'
import { createKeeperLease } from './keeper-lease.ts'
import {
  keyPrefix,
  leaseKey,
  pictureFilesSchema,
  queueName,
  type PlacesJob,
  type PlacesRequest,
} from './places-jobs.ts'
import { connectRedis, loadRedisPackages, waitForRedis } from './redis-connection.ts'
import { createKeeperSender } from './send-to-keeper.ts'
import { serveEdges } from './serve-edges.ts'

export interface SharedLearningOptions extends LearningOptions {
  /** Of Redis: `redis://host:port`, with a password where there is one. */
  readonly queueUrl: string
  /** How long the places of a keeper that was killed stay without one. */
  readonly leaseMs?: number
  /** Longest that the keeper may take to answer; over one lease, so that the next can. */
  readonly answerLimitMs?: number
}

/** The lease is asked for so often while it lasts. */
const turnsPerLease = 4
/** Longest that an end waits for frames on their way to the keeper. */
const lastFramesMs = 2_000

/**
 * Learning that several edges share, by Redis and a folder that all of them see: one of them at a time keeps
 * the frames, trains and publishes (the keeper), and every edge sends it what comes in. Where Redis is away,
 * edges answer frames as ever; what they learn of waits. An edge without training beside it never is the
 * keeper. Throws `config-invalid` where the edge has no such bundle, or packages are missing, and
 * `storage-failed` where the folder cannot be written.
 */
export async function openSharedLearning(options: SharedLearningOptions): Promise<Learning> {
  const {
    queueUrl: url,
    leaseMs = 10_000,
    answerLimitMs = 20_000,
    bundles,
    folder,
    publishing,
    log,
  } = options
  const { store } = publishing
  for (const bundleId of bundles) requireBundle(store, bundleId)
  const packages = await loadRedisPackages()
  const id = await folderId(folder)
  const commands = connectRedis(packages, url, 'command', log)
  const listener = connectRedis(packages, url, 'listen', log)
  const queue = new packages.Queue<PlacesJob>(queueName, {
    connection: commands,
    prefix: keyPrefix,
    // Nothing stays behind, and nobody listens to its events.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 5 },
    streams: { events: { maxLen: 100 } },
  })
  queue.on('error', (thrown) => log.debug({ err: thrown }, 'the queue of places'))
  const sender = createKeeperSender({ queue, commands, listener, folder, folderId: id, answerLimitMs, log })
  const lease = createKeeperLease(commands, leaseKey, leaseMs)
  /** By keeperships of this edge that are over. */
  let lostAsKeeper = 0
  const keep = async (): Promise<{ learning: Learning; close(): Promise<void> }> => {
    // What the keeper before published last; a look that is under way may have come before it.
    await store.refresh()
    await store.refresh()
    const learning = await openLearning({ ...options, publishing: { ...publishing, keepership: lease } })
    const serving = serveEdges({
      packages,
      url,
      learning,
      keepership: lease,
      folderId: id,
      commands,
      lockMs: leaseMs,
      log,
    })
    return {
      learning,
      async close() {
        await serving.close()
        await learning.close()
        lostAsKeeper += learning.framesLost
      },
    }
  }
  await Promise.all([waitForRedis(commands), waitForRedis(listener)])
  const canKeep = isTrainerThere(options.trainer)
  if (!canKeep) log.warn('training is not installed beside this edge: another has to keep the places')
  const turns = canKeep
    ? keepByTurns({ lease, everyMs: leaseMs / turnsPerLease, afterFailureMs: leaseMs, open: keep, log })
    : undefined

  const ask = async (request: PlacesRequest): Promise<unknown> => {
    if ('bundle' in request) {
      // Throws where there is no such bundle.
      store.get(request.bundle)
      if (!bundles.includes(request.bundle)) throw learningOff(request.bundle)
    }
    return sender.ask(request)
  }

  const tell = async (request: PlacesRequest): Promise<void> => {
    await ask(request)
  }

  return {
    get isKeeper() {
      return turns?.work !== undefined
    },
    get framesLost() {
      return sender.framesLost + lostAsKeeper + (turns?.work?.learning.framesLost ?? 0)
    },
    learns: (bundleId) => bundles.includes(bundleId),
    keep(frame) {
      if (bundles.includes(frame.bundle.manifest.id)) sender.keep(frame)
    },
    list: async (bundle) => placeListSchema.parse(await ask({ method: 'list', bundle })),
    report: async (bundle, place) => placeReportSchema.parse(await ask({ method: 'report', bundle, place })),
    async pictures(bundle, place) {
      const files = pictureFilesSchema.parse(await ask({ method: 'pictureFiles', bundle, place }))
      return options.showsFrames === true ? picturesOf(folder, store.get(bundle), place, files) : []
    },
    rename: (bundle, place, name) => tell({ method: 'rename', bundle, place, name }),
    forget: (bundle, place) => tell({ method: 'forget', bundle, place }),
    forgetAll: (bundle) => tell({ method: 'forgetAll', bundle }),
    exportPlace: async (bundle, place) =>
      placeFileSchema.parse(await ask({ method: 'exportPlace', bundle, place })),
    importPlace: async (bundle, content) =>
      z.string().parse(await ask({ method: 'importPlace', bundle, content })),
    async settled() {
      await ask({ method: 'settle' })
      await turns?.work?.learning.settled()
    },
    async close() {
      // What was answered may still be handed over.
      await Promise.race([sender.sent(), pause(lastFramesMs, undefined, { ref: false })])
      sender.close()
      await turns?.close()
      await queue.close().catch(() => undefined)
      commands.disconnect()
      listener.disconnect()
    },
  }
}

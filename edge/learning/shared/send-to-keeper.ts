import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { incomingPath, writeIncoming } from '../incoming-frames.ts'
import type { FrameToKeep } from '../learning.ts'
import { bundleFolder } from '../open-learning.ts'
import { answersOf, placesAnswerSchema, type PlacesJob, type PlacesRequest } from './places-jobs.ts'

/** What an edge says to the keeper, itself included. */
export interface KeeperSender {
  readonly framesLost: number
  /** Never waits and never throws. */
  keep(frame: FrameToKeep): void
  /**
   * Asks the keeper, behind all frames that were sent before. Rejects with what it throws, or with
   * `learning-away` where nobody answers in time.
   */
  ask(request: PlacesRequest): Promise<unknown>
  /** Resolves once everything is on its way that was to be sent. */
  sent(): Promise<void>
  close(): void
}

export interface KeeperSenderOptions {
  readonly queue: Pick<Queue<PlacesJob>, 'add' | 'remove' | 'getWaitingCount'>
  readonly commands: Pick<Redis, 'status'>
  readonly listener: Redis
  /** The shared folder, and what tells it from others. */
  readonly folder: string
  readonly folderId: string
  readonly answerLimitMs: number
  readonly log: Logger
}

/** Frames that wait in Redis; one more is not kept. */
const mostQueued = 1_000
/** Frames that wait here to be sent. */
const mostWaiting = 64

const away = (why: string): CacheNetError =>
  new CacheNetError(
    'learning-away',
    `${why} Nothing that was kept or learned is lost. Try again in half a minute; whoever runs the edges looks at their logs and at --learn-queue.`,
    {},
  )

export function createKeeperSender(options: KeeperSenderOptions): KeeperSender {
  const { queue, commands, listener, folder, folderId, answerLimitMs, log } = options
  const edge = randomUUID()
  const answers = new Map<string, { answer: (value: unknown) => void; fail: (thrown: unknown) => void }>()
  let framesLost = 0
  let waiting = 0
  let isClosed = false
  let work: Promise<unknown> = Promise.resolve()

  const lose = (thrown?: unknown): void => {
    if (framesLost++ > 0 || isClosed) return
    const { code } = CacheNetError.from(thrown ?? away('Frames are too many.'), 'learning-away')
    log.warn({ code }, 'a frame could not be handed to the edge that keeps places; more are only counted')
  }
  const isReady = (): boolean => !isClosed && commands.status === 'ready' && listener.status === 'ready'
  /** In the order in which it was asked: what is forgotten stays forgotten. */
  const inTurn = <Result>(task: () => Promise<Result>): Promise<Result> => {
    const done = work.then(task)
    work = done.catch(() => undefined)
    return done
  }

  const sendFrame = async ({ bundle, kind, stream, checked, found }: FrameToKeep, pixels: Uint8Array) => {
    if (!isReady() || (await queue.getWaitingCount()) >= mostQueued) {
      lose()
      return
    }
    const { id, full } = bundle.manifest
    const { logits, codeLogits } = found
    const own = bundleFolder(folder, id, full.whole.sha256)
    const file = await writeIncoming(own, { atMs: Date.now(), kind, pixels, logits, codeLogits })
    try {
      const fullSha256 = full.whole.sha256
      const about = {
        folder: folderId,
        bundle: id,
        fullSha256,
        file,
        stream,
        checked: checked && [...checked],
        manifestSha256: bundle.manifestHash,
      }
      await queue.add('frame', { kind: 'frame', ...about })
    } catch (thrown) {
      await rm(incomingPath(own, file), { force: true })
      throw thrown
    }
  }

  listener.on('message', (_channel, text) => {
    try {
      const { id, value, failure } = placesAnswerSchema.parse(JSON.parse(text))
      if (failure === undefined) answers.get(id)?.answer(value)
      else answers.get(id)?.fail(CacheNetError.fromBody(failure))
    } catch {
      log.warn('an answer of the edge that keeps places cannot be read')
    }
  })
  // Subscribed again by itself after every new connection.
  void listener.subscribe(answersOf(edge)).catch(() => undefined)

  return {
    get framesLost() {
      return framesLost
    },
    keep(frame) {
      if (waiting >= mostWaiting || !isReady()) {
        lose()
        return
      }
      waiting++
      // The body that they are part of is used again.
      const pixels = frame.pixels.slice()
      void inTurn(() => sendFrame(frame, pixels))
        .catch(lose)
        .finally(() => waiting--)
    },
    async ask(request) {
      if (!isReady()) throw away('The edges that share their places cannot reach Redis.')
      const id = randomUUID()
      let timer: NodeJS.Timeout | undefined
      try {
        return await new Promise((answer, fail) => {
          answers.set(id, { answer, fail })
          timer = setTimeout(
            () => fail(away('No edge that keeps places answered in time.')),
            answerLimitMs,
          ).unref()
          inTurn(() =>
            queue.add(
              request.method,
              { kind: 'request', folder: folderId, id, edge, request },
              { jobId: id },
            ),
          ).catch(() => fail(away('The edges that share their places cannot reach Redis.')))
        })
      } catch (thrown) {
        // Nobody waits for it: where it has not begun, it is not done either.
        if (isReady()) void queue.remove(id).catch(() => undefined)
        throw thrown
      } finally {
        clearTimeout(timer)
        answers.delete(id)
      }
    },
    async sent() {
      await work
    },
    close() {
      isClosed = true
      for (const { fail } of answers.values()) fail(away('The edge is being shut down.'))
    },
  }
}

import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { Keepership } from '../keepership.ts'
import type { KeptLearning } from '../open-learning.ts'
import {
  answersOf,
  keyPrefix,
  placesJobSchema,
  queueName,
  type PlacesAnswer,
  type PlacesJob,
  type PlacesRequest,
} from './places-jobs.ts'
import { connectRedis, type RedisPackages } from './redis-connection.ts'

export interface ServeEdgesOptions {
  readonly packages: RedisPackages
  readonly url: string
  readonly learning: KeptLearning
  readonly keepership: Keepership
  /** Which folder the keeper has (`folderId`). */
  readonly folderId: string
  /** Sends the answers. */
  readonly commands: Pick<Redis, 'publish' | 'status'>
  /** How long a job of an edge that was killed stays with it. */
  readonly lockMs: number
  readonly log: Logger
}

/** Of one job, whose keeper was killed or lost the keepership in the middle of it. */
const mostTries = 5
/** Longest that an end waits for the job that is under way. */
const endLimitMs = 5_000

const otherFolder = (): CacheNetError =>
  new CacheNetError(
    'config-invalid',
    'The edges do not share one folder: --learn-folder has to be the same folder for all of them, and not only the same path.',
    {},
  )

async function carryOut(learning: KeptLearning, request: PlacesRequest): Promise<unknown> {
  switch (request.method) {
    case 'list':
      return learning.list(request.bundle)
    case 'report':
      return learning.report(request.bundle, request.place)
    case 'pictureFiles':
      return learning.pictureFiles(request.bundle, request.place)
    case 'rename':
      return learning.rename(request.bundle, request.place, request.name)
    case 'forget':
      return learning.forget(request.bundle, request.place)
    case 'forgetAll':
      return learning.forgetAll(request.bundle)
    case 'exportPlace':
      return learning.exportPlace(request.bundle, request.place)
    case 'importPlace':
      return learning.importPlace(request.bundle, request.content)
    case 'settle':
      return undefined
    default:
      return request satisfies never
  }
}

/**
 * Works for all edges as their keeper, one job after the other, in the order in which they came. A job whose
 * keeper is gone comes to the next: each may be done twice, and the second time changes nothing.
 */
export function serveEdges(options: ServeEdgesOptions): { close(): Promise<void> } {
  const { packages, url, learning, keepership, folderId, commands, lockMs, log } = options
  const connection = connectRedis(packages, url, 'work', log)

  let isSaid = false
  const sayOnce = (what: string): void => {
    if (!isSaid) log.error(what)
    isSaid = true
  }

  const answer = async (job: Extract<PlacesJob, { kind: 'request' }>): Promise<void> => {
    const { id, edge, request, folder } = job
    const asked = folder === folderId ? carryOut(learning, request) : Promise.reject(otherFolder())
    const answered: PlacesAnswer = await asked.then(
      (value) => ({ id, value }),
      (thrown: unknown) => ({ id, failure: CacheNetError.from(thrown).toBody() }),
    )
    // Whatever came of it came of losing the keepership: the next keeper answers.
    if (!keepership.isHeld()) throw new CacheNetError('aborted', 'Another edge keeps the places now.')
    await commands.publish(answersOf(edge), JSON.stringify(answered))
  }

  const worker = new packages.Worker<unknown>(
    queueName,
    async ({ data }) => {
      const parsed = placesJobSchema.safeParse(data)
      if (!parsed.success) {
        sayOnce('a job of another edge cannot be read: are all edges of one version?')
        return
      }
      const job = parsed.data
      if (job.kind === 'request') await answer(job)
      else if (job.folder !== folderId) sayOnce(otherFolder().message)
      else await learning.keepIncoming(job.bundle, job.fullSha256, job)
    },
    {
      connection,
      prefix: keyPrefix,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: mostTries,
    },
  )
  // Redis that is away is told of by the edge's own connection.
  worker.on('error', (thrown) => log.debug({ err: thrown }, 'the queue of places'))

  return {
    async close() {
      // Without Redis there is no end of the job that is under way.
      const isForced = !keepership.isHeld() || commands.status !== 'ready'
      const ended = worker.close(isForced).catch(() => undefined)
      let timer: NodeJS.Timeout | undefined
      await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, endLimitMs)))])
      clearTimeout(timer)
      connection.disconnect()
    },
  }
}

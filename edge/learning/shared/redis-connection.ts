import { once } from 'node:events'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { CacheNetError } from '../../../core/wire/errors.ts'

/** What talks with Redis; loaded where places are shared, and nowhere else. */
export interface RedisPackages {
  readonly Redis: typeof import('ioredis').Redis
  readonly Queue: typeof import('bullmq').Queue
  readonly Worker: typeof import('bullmq').Worker
}

/** Throws `config-invalid` where they are not installed. */
export async function loadRedisPackages(): Promise<RedisPackages> {
  try {
    const [{ Redis }, { Queue, Worker }] = await Promise.all([import('ioredis'), import('bullmq')])
    return { Redis, Queue, Worker }
  } catch (cause) {
    throw new CacheNetError(
      'config-invalid',
      'The packages that --learn-queue needs are not installed: npm ci --omit=dev brings bullmq and ioredis.',
      {},
      { cause },
    )
  }
}

/** Longest that a command and a connection may take: Redis is near, or it is away. */
const commandLimitMs = 2_000
const longestPauseMs = 2_000

/**
 * `command` fails at once where Redis is away; `listen` and `work` wait until it is back, as what subscribes
 * and what fetches jobs have to.
 */
export type RedisUse = 'command' | 'listen' | 'work'

/** Connects, and connects again for as long as it is not closed. What is wrong is said once. */
export function connectRedis(
  { Redis: Connection }: Pick<RedisPackages, 'Redis'>,
  url: string,
  use: RedisUse,
  log: Logger,
): Redis {
  const redis = new Connection(url, {
    connectionName: `cachenet-${use}`,
    connectTimeout: commandLimitMs,
    retryStrategy: (times) => Math.min(100 * times, longestPauseMs),
    ...(use === 'command'
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: commandLimitMs }
      : { maxRetriesPerRequest: null }),
  })
  let isAway = false
  redis.on('error', (thrown: unknown) => {
    if (!isAway && use === 'command')
      log.warn({ err: thrown }, 'Redis cannot be reached: no places are shared')
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway && use === 'command') log.info('Redis is back')
    isAway = false
  })
  return redis
}

/** Resolves once it is connected, or after a moment: Redis that is away keeps no edge from starting. */
export async function waitForRedis(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return
  // An `error` rejects it: then it is not awaited any longer either.
  await once(redis, 'ready', { signal: AbortSignal.timeout(commandLimitMs) }).catch(() => undefined)
}

import { once } from 'node:events'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createNetServer, type AddressInfo, type Server as NetServer } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { pino, type Logger } from 'pino'
import { collectDefaultMetrics } from 'prom-client'
import { CacheNetError } from '../core/wire/errors.ts'
import { createRateLimiter } from './access/rate-limit.ts'
import { createApp } from './app.ts'
import { openBundleStore, type BundleStore } from './bundles/store.ts'
import { requireSigned } from './bundles/require-signed.ts'
import { watchBundles } from './bundles/watch-bundles.ts'
import { engineBundleOf } from './bundles/engine-bundle.ts'
import type { EdgeDeps } from './deps.ts'
import { bundleCost, framesPerBatch, requireAffordable, type BundleCost } from './engine/bundle-cost.ts'
import { defaultCostLimits, type CostLimits } from './settings/cost-limits.ts'
import { startEngine, type EngineWish } from './engine/start-engine.ts'
import { answerClientErrors, refuseUrl, refuseWithoutUrl } from './http/client-error.ts'
import { createFastBlobs } from './http/fast-blobs.ts'
import { createGentleClose } from './http/gentle-close.ts'
import { openLearning, type LearningOptions } from './learning/open-learning.ts'
import { readSigningKey } from './learning/read-signing-key.ts'
import type { Learning } from './learning/learning.ts'
import { createBatcher, type BatcherOptions } from './inference/batcher.ts'
import { createEdgeMetrics } from './metrics/edge-metrics.ts'
import { countNetworkBytes } from './metrics/network-bytes.ts'
import { defaultSettings } from './settings/settings-schema.ts'
import type { Tls } from './tls/open-tls.ts'

export interface EdgeOptions extends Pick<EdgeDeps, 'onRequest' | 'access' | 'frameLimits'> {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** Holds `<id>/manifest.json` and `<id>/blobs/`. */
  readonly bundlesFolder: string
  /** What `npm run build` writes; it may come later. */
  readonly pageFolder: string
  readonly defaultBundle?: string | undefined
  /** Public keys of those whose bundles are served; everybody's are where none are given. */
  readonly keys?: ReadonlySet<string> | undefined
  /** How often the folder of bundles is looked into again; never where none is given. */
  readonly reloadMs?: number | undefined
  /** The fastest that is installed where none is given. */
  readonly engine?: EngineWish | undefined
  /** Threads for inference. */
  readonly threads?: number | undefined
  readonly batching?: BatcherOptions | undefined
  readonly tls?: Tls | undefined
  /** Of one client; 0 or nothing sets no limit. */
  readonly requestsPerSecond?: number | undefined
  /** How much a frame of a bundle may cost; a bundle that costs more is refused. */
  readonly costLimits?: CostLimits | undefined
  /** Places are learned for some bundles; for none where it is left out. */
  readonly learning?:
    | (Omit<LearningOptions, 'publishing' | 'log'> & {
        readonly keyFile?: string | undefined
        /** Of the Redis by which several edges share what they learn. */
        readonly queueUrl?: string | undefined
      })
    | undefined
  /** Silent where none is given. */
  readonly log?: Logger
  /** How long the engine keeps a version that is served no more: it may still have frames in the queue. */
  readonly retireAfterMs?: number | undefined
  /** How long a stopping edge says that it is not ready, and still answers. */
  readonly drainMs?: number | undefined
  /** Longest that a stop waits for requests in flight. */
  readonly stopTimeoutMs?: number | undefined
}

export interface RunningEdge {
  /** Where it is reached from this machine, without a slash at the end. */
  readonly origin: string
  readonly port: number
  readonly engineName: string
  readonly defaultBundle: string
  readonly bundleIds: readonly string[]
  /** Of places; undefined where none are learned. */
  readonly learning: Learning | undefined
  /**
   * Takes nothing new, answers what it has, and is gone at the latest after `stopTimeoutMs`. Calling it again
   * is the same.
   */
  close(): Promise<void>
}

/** A sender has this long for a whole request: a frame is small, and half a request holds a connection. */
const serverLimits = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 5_000,
  requireHostHeader: false,
}

function cannotListen(cause: unknown, { host, port }: EdgeOptions): CacheNetError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken, perhaps by another edge. Stop that one, or choose another with --port ${port + 1}.`,
    EACCES: `This user may not listen on port ${port}. Choose one above 1023, such as --port ${defaultSettings.port}.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Choose --host 0.0.0.0 for all that it has, or 127.0.0.1 for itself alone.`,
    ENOTFOUND: `There is no host ${host}. Choose --host 0.0.0.0 for all addresses of this machine, or 127.0.0.1 for itself alone.`,
  }
  return new CacheNetError(
    'config-invalid',
    reasons[code] ?? `The edge cannot listen on ${host}:${port} (${code}).`,
    { host, port, reason: code },
    { cause },
  )
}

async function listen(server: NetServer, options: EdgeOptions): Promise<number> {
  server.listen(options.port, options.host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw cannotListen(cause, options)
  }
  return (server.address() as AddressInfo).port
}

/** Known before bundles are loaded, which takes a while. */
async function requireFreePort(options: EdgeOptions): Promise<void> {
  if (options.port === 0) return
  const probe = createNetServer()
  await listen(probe, options)
  probe.close()
  await once(probe, 'close')
}

/** An address that stands for all of a machine's is reached from that machine as localhost. */
const reachable = (host: string): string =>
  ['0.0.0.0', '::', ''].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host

/**
 * Starts an edge and resolves once it answers. Throws `config-invalid` where it cannot listen or has no
 * bundle to serve, and what the engine throws where that does not start; nothing is left running then.
 */
export async function startEdge(options: EdgeOptions): Promise<RunningEdge> {
  const {
    log = pino({ level: 'silent' }),
    onRequest,
    tls,
    requestsPerSecond = 0,
    reloadMs = 0,
    drainMs = 0,
    stopTimeoutMs = defaultSettings['stop-seconds'] * 1000,
    retireAfterMs = 30_000,
    costLimits = defaultCostLimits,
  } = options
  await requireFreePort(options)
  const engine = await startEngine({ log, wish: options.engine, threads: options.threads })
  let stopWatching = (): void => undefined
  let learning: Learning | undefined
  try {
    const costs = new Map<string, BundleCost>()
    const store: BundleStore = await openBundleStore({
      folder: options.bundlesFolder,
      defaultBundle: options.defaultBundle,
      log,
      prepare: async (bundle) => {
        if (options.keys !== undefined) await requireSigned(bundle, options.keys)
        const networks = engineBundleOf(bundle)
        const cost = bundleCost(networks)
        requireAffordable(cost, costLimits)
        costs.set(bundle.key, cost)
        await engine.load(networks)
      },
      retire: ({ key }) =>
        void setTimeout(() => {
          // It may have been put back in the meantime.
          if (store.isServed(key)) return
          costs.delete(key)
          void engine.unload(key)
        }, retireAfterMs).unref(),
    })
    if (options.learning !== undefined) {
      const { keyFile, queueUrl, ...rules } = options.learning
      const key = keyFile === undefined ? undefined : await readSigningKey(keyFile)
      const publishing = { store, bundlesFolder: options.bundlesFolder, key }
      // Packages of the queue are loaded where one is given, and nowhere else.
      learning =
        queueUrl === undefined
          ? await openLearning({ ...rules, publishing, log })
          : await (
              await import('./learning/shared/open-shared-learning.ts')
            ).openSharedLearning({ ...rules, queueUrl, publishing, log })
    }
    let state: 'serving' | 'draining' | 'stopping' = 'serving'
    const inference = createBatcher(engine, {
      framesPerBatch: (key) => {
        const cost = costs.get(key)
        return cost === undefined ? Infinity : framesPerBatch(cost)
      },
      ...options.batching,
    })
    const metrics = createEdgeMetrics({
      queued: () => inference.queued,
      engine: () => engine,
      bundles: () => store.bundles.map(({ manifest: { id }, key }) => ({ id, version: key })),
      learning: () => learning,
    })
    collectDefaultMetrics({ register: metrics.registry })
    const deps: EdgeDeps = {
      bundles: store,
      inference,
      pageFolder: options.pageFolder,
      log,
      metrics,
      learning,
      access: options.access,
      limiter: requestsPerSecond > 0 ? createRateLimiter(requestsPerSecond) : undefined,
      frameLimits: options.frameLimits,
      authority: tls?.local?.authority,
      isDraining: () => state !== 'serving',
      isStopping: () => state === 'stopping',
      ...(onRequest === undefined ? {} : { onRequest }),
    }
    // HTTP/1.0 needs no Host.
    const answer = getRequestListener(createApp(deps).fetch, {
      hostname: 'localhost',
      errorHandler: refuseUrl,
    })
    const fastBlobs = createFastBlobs(deps)
    const onAsked = (request: IncomingMessage, response: ServerResponse): void => {
      if (!refuseWithoutUrl(request, response))
        fastBlobs(request, response, () => void answer(request, response))
    }
    const server: Server =
      tls === undefined
        ? createHttpServer(serverLimits, onAsked)
        : createHttpsServer({ ...serverLimits, cert: tls.cert, key: tls.key }, onAsked)
    const closeGently = createGentleClose(server)
    answerClientErrors(server)
    countNetworkBytes(server, metrics.registry)
    const port = await listen(server, options)
    if (reloadMs > 0) stopWatching = watchBundles(store, reloadMs)
    let stopped: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      stopWatching()
      if (drainMs > 0) {
        state = 'draining'
        await new Promise((resolve) => setTimeout(resolve, drainMs))
      }
      state = 'stopping'
      await closeGently({ limitMs: stopTimeoutMs })
      await learning?.close()
      await engine.close()
    }
    return {
      origin: `${tls === undefined ? 'http' : 'https'}://${reachable(options.host)}:${port}`,
      port,
      engineName: engine.name,
      defaultBundle: store.defaultBundle,
      bundleIds: store.bundles.map(({ manifest }) => manifest.id),
      learning,
      close: () => (stopped ??= stop()),
    }
  } catch (thrown) {
    stopWatching()
    await learning?.close()
    await engine.close()
    throw thrown
  }
}

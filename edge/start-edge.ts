import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { pino, type Logger } from 'pino'
import { CacheNetError } from '../core/wire/errors.ts'
import { createApp } from './app.ts'
import { openBundleStore, type BundleStore } from './bundles/store.ts'
import type { EdgeDeps } from './deps.ts'
import type { Engine } from './engine/engine.ts'
import { createThreadedEngine } from './engine/threaded-engine.ts'
import { createBatcher } from './inference/batcher.ts'

export interface EdgeOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** Holds `<id>/manifest.json` and `<id>/blobs/`. */
  readonly bundlesFolder: string
  /** What `npm run build` writes; it may come later. */
  readonly pageFolder: string
  readonly defaultBundle?: string | undefined
  /** Silent where none is given. */
  readonly log?: Logger
  readonly onRequest?: EdgeDeps['onRequest']
  /** Longest that a stop waits for requests in flight. */
  readonly stopTimeoutMs?: number
}

export interface RunningEdge {
  /** Where it is reached from this machine, without a slash at the end. */
  readonly origin: string
  readonly port: number
  readonly engineName: string
  readonly defaultBundle: string
  readonly bundleIds: readonly string[]
  /** Takes nothing new, answers what it has, and is gone at the latest after `stopTimeoutMs`. Calling it again is the same. */
  close(): Promise<void>
}

/** A sender has this long for a whole request: a frame is small, and half a request holds a connection. */
const serverLimits = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 }

async function loadAll(engine: Engine, store: BundleStore): Promise<void> {
  for (const bundle of store.bundles) {
    const { id, networks, full, encoder } = bundle.manifest
    if (networks.encoder === undefined || encoder === undefined) {
      throw new CacheNetError('manifest-invalid', `Bundle ${id} has no encoder, and this edge serves none without.`, { bundle: id })
    }
    await engine.load({
      id,
      full: { spec: networks.full, blob: await bundle.readBlob(full.whole.sha256) },
      encoder: { ...networks.encoder, blob: await bundle.readBlob(encoder.whole.sha256) },
    })
  }
}

function cannotListen(cause: unknown, { host, port }: EdgeOptions): CacheNetError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken, perhaps by another edge. Stop that one, or choose another with --port ${port + 1}.`,
    EACCES: `This user may not listen on port ${port}. Choose one above 1023, such as --port 8787.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Choose --host 0.0.0.0 for all that it has, or 127.0.0.1 for itself alone.`,
    ENOTFOUND: `There is no host ${host}. Choose --host 0.0.0.0 for all addresses of this machine, or 127.0.0.1 for itself alone.`,
  }
  return new CacheNetError('config-invalid', reasons[code] ?? `The edge cannot listen on ${host}:${port} (${code}).`, { host, port, reason: code }, { cause })
}

async function listen(server: Server, options: EdgeOptions): Promise<number> {
  server.listen(options.port, options.host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw cannotListen(cause, options)
  }
  return (server.address() as AddressInfo).port
}

async function stopListening(server: Server, timeoutMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs)
  await closed
  clearTimeout(deadline)
}

/** An address that stands for all of a machine's is reached from that machine as localhost. */
const reachable = (host: string): string => (['0.0.0.0', '::', ''].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host)

/**
 * Starts an edge and resolves once it answers. Throws `config-invalid` where it cannot listen or has no bundle to serve,
 * and what the engine throws where that does not start; nothing is left running then.
 */
export async function startEdge(options: EdgeOptions): Promise<RunningEdge> {
  const { log = pino({ level: 'silent' }), onRequest, stopTimeoutMs = 10_000 } = options
  const store = await openBundleStore({ folder: options.bundlesFolder, defaultBundle: options.defaultBundle, log })
  const engine = await createThreadedEngine({ log })
  try {
    await loadAll(engine, store)
    let isStopping = false
    const app = createApp({
      bundles: store,
      inference: createBatcher(engine),
      pageFolder: options.pageFolder,
      log,
      isStopping: () => isStopping,
      ...(onRequest === undefined ? {} : { onRequest }),
    })
    const answer = getRequestListener(app.fetch)
    const server = createServer(serverLimits, (request, response) => void answer(request, response))
    const port = await listen(server, options)
    let stopped: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      isStopping = true
      await stopListening(server, stopTimeoutMs)
      await engine.close()
    }
    return {
      origin: `http://${reachable(options.host)}:${port}`,
      port,
      engineName: engine.name,
      defaultBundle: store.defaultBundle,
      bundleIds: store.bundles.map(({ manifest }) => manifest.id),
      close: () => (stopped ??= stop()),
    }
  } catch (thrown) {
    await engine.close()
    throw thrown
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { CacheNetError } from '../../core/wire/errors.ts'
import { parseBlobPath } from '../../core/wire/frames.ts'
import { addressOf } from '../access/client-address.ts'
import { isKnownHost } from '../access/host.ts'
import { idHeader, requestIdFrom } from '../access/request-id.ts'
import type { EdgeDeps } from '../deps.ts'
import { routeName } from '../metrics/route-name.ts'
import { blobHeaders, blobType } from './blob-headers.ts'
import { securityHeaders } from './security-headers.ts'

type FastBlobDeps = Pick<
  EdgeDeps,
  'bundles' | 'access' | 'limiter' | 'metrics' | 'log' | 'onRequest' | 'isStopping'
>

/** Answers a request, or has the app answer it. */
export type FastBlobs = (request: IncomingMessage, response: ServerResponse, app: () => void) => void

const header = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join() : value
const security = Object.entries(securityHeaders).flat()

interface Blob {
  readonly bytes: Uint8Array
  /** Names and values in turns, as Node takes them: all but the request's own name. */
  readonly headers: readonly string[]
}

const blobOf = (sha256: string, bytes: Uint8Array, dependsOnOrigin: boolean): Blob => {
  const vary = dependsOnOrigin ? { Vary: 'Origin' } : {}
  const headers = {
    ...vary,
    ...blobHeaders(sha256, false),
    'Content-Type': blobType,
    'Content-Length': String(bytes.byteLength),
  }
  return { bytes, headers: [...security, ...Object.entries(headers).flat(), idHeader] }
}

/**
 * Answers plain downloads of blobs, which are most of an edge's bytes, from memory with one call, past the
 * app's objects for requests, responses and headers: what those cost is more than sending the blob. Whatever
 * is not the plain case (a condition, another origin, a token, a refusal, a log that wants every request) is
 * the app's.
 */
export function createFastBlobs({
  bundles: store,
  access = {},
  limiter,
  metrics,
  log,
  onRequest,
  isStopping,
}: FastBlobDeps): FastBlobs {
  const { token, trustedProxies = 0, hosts = [], corsOrigins = [] } = access
  const isPlain = ({ method, headers }: IncomingMessage): boolean =>
    method === 'GET' &&
    isKnownHost(headers.host, hosts) &&
    headers['if-none-match'] === undefined &&
    headers.origin === undefined &&
    isStopping?.() !== true &&
    !log.isLevelEnabled('debug')

  /** By their content, so that they go when it does. */
  const known = new WeakMap<Uint8Array, Blob>()
  const givenId = idHeader.toLowerCase()

  const blobAt = (path: string): Blob | undefined => {
    const names = parseBlobPath(path)
    if (names === undefined) return undefined
    try {
      const bytes = store.blob(names.bundleId, names.sha256)
      const blob = known.get(bytes) ?? blobOf(names.sha256, bytes, corsOrigins.length > 0)
      known.set(bytes, blob)
      return blob
    } catch (thrown) {
      // Which of the two is unknown, the app says.
      if (thrown instanceof CacheNetError) return undefined
      throw thrown
    }
  }

  const send = (
    { headers, url: path = '' }: IncomingMessage,
    response: ServerResponse,
    blob: Blob,
    startedAt: number,
  ): void => {
    response
      .writeHead(200, [...blob.headers, requestIdFrom(header(headers[givenId]), trustedProxies)])
      .end(blob.bytes)
    const entry = { method: 'GET', path, status: 200, elapsedMs: performance.now() - startedAt }
    metrics.request({ ...entry, route: routeName(path) })
    onRequest?.(entry)
  }

  return (request, response, app) => {
    const startedAt = performance.now()
    const found = token === undefined && isPlain(request) ? blobAt(request.url ?? '') : undefined
    if (found === undefined) {
      app()
      return
    }
    if (limiter === undefined) {
      send(request, response, found, startedAt)
      return
    }
    const address = addressOf(
      header(request.headers['x-forwarded-for']),
      request.socket.remoteAddress,
      trustedProxies,
    )
    // One that is refused asks the app, which refuses it too, in its words.
    limiter.consume(address).then(() => send(request, response, found, startedAt), app)
  }
}

import type { BlobOrigin } from '../../core/cache/blob-source.ts'
import { SingleFlight } from '../../core/cache/single-flight.ts'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import { fetchManifest } from '../../core/client/fetch-manifest.ts'
import type { ManifestTrust } from '../../core/trust/manifest-trust.ts'
import { trustCodes } from '../../core/trust/refusal.ts'
import { withTimeLimit } from '../../core/with-time-limit.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import type { ManifestStore, ManifestText } from './manifest-store.ts'
import { errorResponse, jsonResponse, manifestResponse } from './responses.ts'

export interface ManifestRouteOptions {
  readonly manifests: ManifestStore
  /** Whose manifests are taken, and stored. */
  readonly trust: ManifestTrust
  readonly isStored: (sha256: string) => Promise<boolean>
  /** A stored manifest was replaced: blobs may have lost their name. */
  readonly onReplaced: () => Promise<void>
  /** How long a page waits for the edge where there is a stored copy. */
  readonly freshLimitMs?: number
  /** How long it waits for a manifest where there is none. */
  readonly fetchLimitMs?: number
  /** And for the list: shorter than pages wait for it, so that their next attempt is a new one. */
  readonly listLimitMs?: number
  readonly fetch?: typeof globalThis.fetch
}

/** A response to give, and work that goes on after it (for `waitUntil`; never rejects). */
export interface Answering {
  readonly response: Promise<Response>
  readonly settled: Promise<unknown>
}

const nothing = (): void => undefined

/**
 * How a value is answered with: where it comes from, and why it is not what the edge offers, where that was
 * refused.
 */
type Respond<Value> = (value: Value, source: BlobOrigin, refusal?: CacheNetError) => Response

/** Codes that the edge itself gives to say that the thing is gone: a stored copy must not hide that. */
const isGone = ({ code }: CacheNetError): boolean => code === 'bundle-unknown' || code === 'route-unknown'

/**
 * Manifests and the bundle list: from the edge where it answers soon, or else the stored copy. Only what can
 * be read is stored.
 */
export function createManifestRoute(options: ManifestRouteOptions) {
  const {
    manifests,
    trust,
    isStored,
    onReplaced,
    freshLimitMs = 3_000,
    fetchLimitMs = 20_000,
    listLimitMs = 6_000,
  } = options
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const api = createEdgeApi({ baseUrl: '', fetch })
  const manifestFlights = new SingleFlight<ManifestText>()
  const listFlights = new SingleFlight<string>()

  /** Fetches and stores under a limit, once for all who ask meanwhile. */
  function refresh<Value>(
    flights: SingleFlight<Value>,
    path: string,
    limitMs: number,
    fetchAndStore: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    return flights.join(new AbortController().signal, path, async () => {
      const controller = new AbortController()
      return withTimeLimit(fetchAndStore(controller.signal), limitMs, () => {
        const silence = new CacheNetError(
          'edge-timeout',
          'The edge went silent; what is cached still works.',
          { path, limitMs },
        )
        controller.abort(silence)
        return silence
      })
    })
  }

  const refreshManifest = (bundleId: string): Promise<ManifestText> =>
    refresh(manifestFlights, apiPaths.manifest(bundleId), fetchLimitMs, async (signal) => {
      const fetched = await fetchManifest(signal, { bundleId, trust, fetch })
      // Storage that is full or broken costs the offline start, not the answer.
      const isReplaced = await manifests.save(fetched, isStored).catch(() => false)
      if (isReplaced) await onReplaced()
      return fetched
    })

  const refreshList = (): Promise<string> =>
    refresh(listFlights, apiPaths.bundles, listLimitMs, async (signal) => {
      const text = JSON.stringify(await api.listBundles(signal))
      await manifests.saveList(text).catch(nothing)
      return text
    })

  async function answer<Value>(
    fresh: Promise<Value>,
    readStored: () => Promise<Value | undefined>,
    respond: Respond<Value>,
  ): Promise<Response> {
    const stored = await readStored().catch(nothing)
    try {
      const late = (): CacheNetError =>
        new CacheNetError('edge-timeout', 'The edge is slow.', { limitMs: freshLimitMs })
      return respond(
        await (stored === undefined ? fresh : withTimeLimit(fresh, freshLimitMs, late)),
        'network',
      )
    } catch (thrown) {
      const error = CacheNetError.from(thrown)
      if (stored === undefined || isGone(error)) return errorResponse(error)
      return respond(stored, 'cache', trustCodes.has(error.code) ? error : undefined)
    }
  }

  const answering = <Value>(
    fresh: Promise<Value>,
    readStored: () => Promise<Value | undefined>,
    respond: Respond<Value>,
  ): Answering => ({
    response: answer(fresh, readStored, respond),
    settled: fresh.catch(nothing),
  })

  return {
    manifest: (bundleId: string): Answering =>
      answering(refreshManifest(bundleId), () => manifests.textOf(bundleId), manifestResponse),
    bundleList: (): Answering =>
      answering(
        refreshList(),
        () => manifests.listText(),
        (text, source) => jsonResponse(text, source),
      ),
    /**
     * Fetches the manifest anew, for a blob that no stored one names. Rejects where the edge does not send
     * it.
     */
    refreshManifest: async (bundleId: string): Promise<void> => {
      await refreshManifest(bundleId)
    },
  }
}
export type ManifestRoute = ReturnType<typeof createManifestRoute>

import { parseManifest } from '../../core/bundle/manifest.ts'
import { SingleFlight } from '../../core/cache/single-flight.ts'
import { withTimeLimit } from '../../core/with-time-limit.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { apiPaths, bundleListSchema } from '../../core/wire/frames.ts'
import type { ManifestStore } from './manifest-store.ts'
import { errorResponse, jsonResponse } from './responses.ts'

export interface ManifestRouteOptions {
  readonly manifests: ManifestStore
  readonly isStored: (sha256: string) => Promise<boolean>
  /** A stored manifest was replaced: blobs may have lost their name. */
  readonly onReplaced: () => Promise<void>
  /** How long a page waits for the edge where there is a stored copy. */
  readonly freshLimitMs?: number
  /** How long it waits where there is none. */
  readonly fetchLimitMs?: number
  readonly fetch?: typeof globalThis.fetch
}

/** A response to give, and work that goes on after it (for `waitUntil`; never rejects). */
export interface Answering {
  readonly response: Promise<Response>
  readonly settled: Promise<unknown>
}

const nothing = (): void => undefined

/** Codes that the edge itself gives to say that the thing is gone: a stored copy must not hide that. */
const isGone = ({ code }: CacheNetError): boolean => code === 'bundle-unknown' || code === 'route-unknown'

function invalid(path: string): CacheNetError {
  return new CacheNetError('edge-answer-invalid', 'What came from the edge cannot be read. Is this network asking for a login? What is cached still works.', {
    path,
  })
}

/** Manifests and the bundle list: from the edge where it answers soon, or else the stored copy. Only what can be read is stored. */
export function createManifestRoute(options: ManifestRouteOptions) {
  const { manifests, isStored, onReplaced, freshLimitMs = 3_000, fetchLimitMs = 20_000, fetch = globalThis.fetch } = options
  const flights = new SingleFlight<string>()

  async function fetchText(signal: AbortSignal, path: string): Promise<string> {
    try {
      // Asks the edge whether the browser's copy still holds (ETag), and transfers nothing if it does.
      const response = await fetch(path, { signal, cache: 'no-cache' })
      const text = await response.text()
      if (response.ok) return text
      throw CacheNetError.fromBody(parseJson(text, path), 'edge-answer-invalid')
    } catch (thrown) {
      if (thrown instanceof CacheNetError) throw thrown
      throw new CacheNetError('edge-unreachable', 'The edge cannot be reached; what is cached still works.', { path }, { cause: thrown })
    }
  }

  /** `store` throws where the text is not what it should be. */
  function refresh(path: string, store: (text: string) => Promise<void>): Promise<string> {
    return flights.join(new AbortController().signal, path, async () => {
      const controller = new AbortController()
      const fetching = withTimeLimit(fetchText(controller.signal, path), fetchLimitMs, () => {
        controller.abort()
        return new CacheNetError('edge-timeout', 'The edge went silent; what is cached still works.', { path, limitMs: fetchLimitMs })
      })
      const text = await fetching
      await store(text)
      return text
    })
  }

  const storeManifest = (bundleId: string) => async (text: string): Promise<void> => {
    const path = apiPaths.manifest(bundleId)
    const manifest = parseManifest(parseJson(text, path))
    if (manifest.id !== bundleId) throw new CacheNetError('manifest-invalid', 'The edge sent the manifest of another bundle.', { bundleId, found: manifest.id })
    // Storage that is full or broken costs the offline start, not the answer.
    const isReplaced = await manifests.save(text, manifest, isStored).catch(() => false)
    if (isReplaced) await onReplaced()
  }

  const storeList = async (text: string): Promise<void> => {
    const parsed = bundleListSchema.safeParse(parseJson(text, apiPaths.bundles))
    if (!parsed.success) throw invalid(apiPaths.bundles)
    await manifests.saveList(text).catch(nothing)
  }

  async function answer(fresh: Promise<string>, readStored: () => Promise<string | undefined>): Promise<Response> {
    const stored = await readStored().catch(nothing)
    try {
      const late = (): CacheNetError => new CacheNetError('edge-timeout', 'The edge is slow.', { limitMs: freshLimitMs })
      return jsonResponse(await (stored === undefined ? fresh : withTimeLimit(fresh, freshLimitMs, late)), 'network')
    } catch (thrown) {
      const error = CacheNetError.from(thrown)
      return stored === undefined || isGone(error) ? errorResponse(error) : jsonResponse(stored, 'cache')
    }
  }

  const answering = (fresh: Promise<string>, readStored: () => Promise<string | undefined>): Answering => ({
    response: answer(fresh, readStored),
    settled: fresh.catch(nothing),
  })

  return {
    manifest: (bundleId: string): Answering =>
      answering(refresh(apiPaths.manifest(bundleId), storeManifest(bundleId)), () => manifests.textOf(bundleId)),
    bundleList: (): Answering => answering(refresh(apiPaths.bundles, storeList), () => manifests.listText()),
    /** Fetches the manifest anew, for a blob that no stored one names. Rejects where the edge does not send it. */
    refreshManifest: async (bundleId: string): Promise<void> => {
      await refresh(apiPaths.manifest(bundleId), storeManifest(bundleId))
    },
  }
}
export type ManifestRoute = ReturnType<typeof createManifestRoute>

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(path)
  }
}
